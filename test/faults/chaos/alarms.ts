/** Lines in a server's own log that no fault outside it excuses. */

const ALARMING =
  /uncaught|unhandled|TypeError|RangeError|ReferenceError|^\s+at .*\.js:\d+|digest|this server must stop|storage failed|cannot be opened| ERROR | FATAL /i

/** `log`: all that a server has logged. */
export const alarmsIn = (log: string): readonly string[] => log.split('\n').filter((line) => ALARMING.test(line))
