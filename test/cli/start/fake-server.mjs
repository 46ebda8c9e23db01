/**
 * Stands in for `zab server`: listens on the client port of its zoo.cfg and answers `mntr` as the leader (server 1) or
 * a follower. Ends at SIGTERM and at the end of its standard input. FAKE_FAIL=<id>: that server fails at once.
 * `die` on its client port kills it.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'

const file = process.argv[2]
const id = readFileSync(path.join(path.dirname(file), 'myid'), 'utf8').trim()
const port = Number(/^clientPort=(\d+)$/m.exec(readFileSync(file, 'utf8'))[1])
console.log(`fake server ${id} on port ${port}`)
if (process.env.FAKE_FAIL === id) {
  console.log('the disk is full')
  process.exit(1)
}
const state = id === '1' ? 'leader' : 'follower'
createServer((socket) =>
  socket
    .on('error', () => undefined)
    .on('data', (data) => {
      if (String(data) === 'die!') process.exit(7)
      socket.end(
        `zk_server_state\t${state}\nzk_peer_state\t${state} - broadcast\nzk_zab_epoch\t1\nzk_pid\t${process.pid}\n`,
      )
    }),
).listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
if (process.env.ZAB_EXIT_ON_STDIN_END === '1') process.stdin.on('end', () => process.exit(0)).resume()
