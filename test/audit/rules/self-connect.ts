import rule from '../../../src/audit/rules/self-connect.ts'
import { ruleCases } from '../../support/rule-cases.ts'

export default ruleCases(rule, {
  reports: [
    {
      name: 'SYN, SYN-ACK and ACK from and to itself',
      ladder: `
        A = B
        --> S  100:100(0)          -->  ! self-connect
        --> S. 100:100(0) ack 101  -->  ! self-connect
        --> .  101:101(0) ack 101  -->`,
      findings: [
        {
          message: 'connected',
          data: { after: 0.001e9 },
          packets: [1, 2],
          blame: 'client',
          severity: 'warning',
          confidence: 'certain',
          count: 1,
        },
      ],
    },
  ],
  quiet: [
    {
      name: 'a forged SYN with the server’s own address (land)',
      ladder: `
        A = B
        --> S  100:100(0)          -->`,
    },
    {
      name: 'both ends open at once, but they are two',
      ladder: `
        --> S  100:100(0)          -->
        <-- S  300:300(0)          <--
        --> S. 100:100(0) ack 301  -->
        <-- S. 300:300(0) ack 101  <--`,
    },
    {
      name: 'a socket that connects to its own port, where nobody listens, and is refused',
      ladder: `
        A = B
        --> S  100:100(0)          -->
        --> R. 0:0(0) ack 101      -->`,
    },
  ],
  fixtures: {
    reports: ['kernel/self-connect.pcap'],
    quiet: ['kernel/simultaneous-open-near.pcap', 'kernel/loopback-conversation.pcap'],
  },
})
