import { program } from '/work/main/test/interop/differential/generate.js'
import { Random } from '/work/main/test/interop/differential/random.js'
import { Side } from '/work/main/test/interop/differential/side.js'
import { startApache, startOurs } from '/work/main/test/interop/differential/servers.js'
import { showStep, under } from '/work/main/test/interop/differential/step.js'
import { mkdtempSync } from 'node:fs'
const d = mkdtempSync('/tmp/zab-differential-')
const [o, a] = await Promise.all([startOurs(d + '/o'), startApache(d + '/a')])
console.log(o.clientPort, a.clientPort)
const sides = [new Side('o', o.clientPort), new Side('a', a.clientPort)]
for (let k = 0; k < 10; k++) {
  for (const s of sides) await s.begin('/r000' + k)
console.log(k)
  for (const st of program(new Random(1 + k), 150)) {
    for (const s of sides) {
      const t = performance.now()
      const h = await s.perform(under('/r000' + k, st))
      const e = performance.now() - t
      if (e > 200) console.log(s.name, e | 0, showStep(st).slice(0, 200), h.map((x) => x.text))
    }
  }
}
for (const s of sides) s.end()
await Promise.all([o.stop(), a.stop()])
