// `zab simulate`: it uses the faults and the codecs that it is told to use; what it does not know is refused.
import { Command } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { addSimulate } from '../../src/cli/commands/simulate.js'

afterEach(() => {
  vi.restoreAllMocks()
})

/** The exit code and the fingerprint of two schedules with these flags. */
const simulate = async (...flags: readonly string[]): Promise<readonly [status: number, fingerprint: string]> => {
  let [stdout, status] = ['', -1]
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const program = new Command('zab')
  addSimulate(program, (exitCode) => {
    status = exitCode
  })
  for (const command of program.commands) command.exitOverride()
  await program.parseAsync(['simulate', '--schedules', '2', '--no-refinement', ...flags], { from: 'user' })
  return [status, /fingerprint (-?\d+)/.exec(stdout)?.[1] ?? 'none']
}

describe('zab simulate', () => {
  it('draws from the faults that it is given, from all of them unless told otherwise', async () => {
    const usual = await simulate()
    expect(usual[0]).toBe(0)
    expect(await simulate('--faults', 'all')).toEqual(usual)
    const others = [await simulate('--faults', 'none'), await simulate('--faults', 'process,flip')]
    expect(new Set([usual, ...others].map(String)).size).toBe(3)
  })

  it('lets operators reconfigure, alone or among others', async () => {
    const [nothing, alone] = [await simulate('--faults', 'none'), await simulate('--faults', 'operators')]
    expect(alone[0]).toBe(0)
    expect(alone).not.toEqual(nothing)
    expect(await simulate('--faults', 'reconfigure')).toEqual(alone)
  })

  it('runs on real bytes when asked to', async () => {
    const [plain, coded] = [await simulate(), await simulate('--codecs')]
    expect(coded[0]).toBe(0)
    expect(coded).not.toEqual(plain)
  })

  it('refuses faults that there are not, as zab fuzz does', async () => {
    await expect(simulate('--faults', 'nonsense')).rejects.toThrow('There is no fault "nonsense"; there are all, none,')
  })
})
