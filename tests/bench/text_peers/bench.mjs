// node --expose-gc bench.mjs FOLDER [peer…]: what `samsyn_bench text FOLDER` measures, on yjs,
// diamond-types and automerge. The folder holds the traces that it has read or made.

import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'

const [folder, ...wanted] = process.argv.slice(2)
const rounds = 5

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}

function time(work, times = rounds) {
  const taken = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    work()
    taken.push(performance.now() - start)
  }
  return median(taken)
}

function memoryOf(make) {
  global.gc?.()
  const before = process.memoryUsage()
  const kept = make()
  global.gc?.()
  const after = process.memoryUsage()
  const bytes = after.heapUsed + after.external - before.heapUsed - before.external
  return [bytes, kept]
}

function readTraces() {
  return readdirSync(folder).filter(name => name.endsWith('.json')).sort().map(name => {
    const trace = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    trace.name = name.slice(0, -5)
    trace.txns.forEach((txn, i) => {
      txn.parents ??= i > 0 ? [i - 1] : []
      txn.agent ??= 0
    })
    trace.numAgents ??= 1
    trace.sequential = trace.numAgents === 1
    trace.patches = trace.txns.flatMap(txn => txn.patches)
    trace.keystrokes = trace.patches.reduce((sum, p) => sum + p[1] + [...p[2]].length, 0)
    return trace
  })
}

// Calls edit(agent, txn, missing) for each transaction, where `missing` are those that its agent had
// not had before, in order.
function replay(trace, edit) {
  const own = Array.from({length: trace.numAgents}, () => [])
  const has = Array.from({length: trace.numAgents}, () => new Array(trace.numAgents).fill(0))
  const known = []
  trace.txns.forEach((txn, i) => {
    const wanted = [...has[txn.agent]]
    for (const parent of txn.parents)
      known[parent].forEach((count, a) => { wanted[a] = Math.max(wanted[a], count) })
    const missing = []
    wanted.forEach((count, a) => {
      for (let n = has[txn.agent][a]; n < count; n++) missing.push(own[a][n])
    })
    edit(txn.agent, txn, i, missing.sort((a, b) => a - b))
    own[txn.agent].push(i)
    wanted[txn.agent] = own[txn.agent].length
    has[txn.agent] = wanted
    known.push(wanted)
  })
}

function expect(text, trace, end = trace.endContent) {
  if (text !== end) throw new Error(`${trace.name}: another end`)
}

function print(peer, trace, figures) {
  const {written, merged, each, stored, opened, memory} = figures
  const parts = []
  if (written !== undefined)
    parts.push(`written in ${written.toFixed(1)} ms, ` +
               `${(written * 1e3 / trace.patches.length).toFixed(3)} us a patch`)
  if (merged !== undefined) parts.push(`merged in ${merged.toFixed(2)} ms from one file`)
  if (each !== undefined) parts.push(`in ${each.toFixed(2)} ms from its parts as they were sent`)
  parts.push(`stored ${stored} bytes, ${(stored / trace.keystrokes).toFixed(2)} a keystroke`)
  parts.push(`reopened to its text in ${opened.toFixed(3)} ms`)
  if (memory !== undefined) parts.push(`in memory ${(memory / 1024).toFixed(0)} kB`)
  console.log(`  ${peer}: ${parts.join('; ')}`)
}

async function diamond(trace) {
  const {OpLog, Doc} = (await import('diamond-types-node')).default
  if (trace.sequential) {
    const write = () => {
      const doc = new Doc('a')
      for (const [position, erased, inserted] of trace.patches) {
        if (erased) doc.del(position, erased)
        if (inserted) doc.ins(position, inserted)
      }
      return doc
    }
    const written = time(() => write().free())
    const doc = write()
    expect(doc.get(), trace)
    const bytes = doc.toBytes()
    const opened = time(() => { const d = Doc.fromBytes(bytes); d.get(); d.free() })
    return {written, stored: bytes.length, opened}
  }
  const log = new OpLog('0')
  const ends = []
  const parts = []
  trace.txns.forEach((txn, i) => {
    log.setAgent(String(txn.agent))
    const before = log.getLocalVersion()
    let at = txn.parents.map(parent => ends[parent])
    for (const [position, erased, inserted] of txn.patches) {
      if (erased) at = [log.del(position, erased, new Uint32Array(at))]
      if (inserted) at = [log.ins(position, inserted, new Uint32Array(at))]
    }
    ends.push(at[0])
    parts.push(log.getPatchSince(before))
  })
  const bytes = log.toBytes()
  const open = () => {
    const doc = Doc.fromBytes(bytes)
    const text = doc.get()
    doc.free()
    return text
  }
  expect(open(), trace)  // diamond-types has the order of FugueMax too
  const checkout = time(() => log.checkout().free())
  console.log(`  diamond-types: merged in ${checkout.toFixed(2)} ms from its log in memory`)
  const merged = time(open)
  // Each merge walks what is concurrent again: minutes where there are thousands.
  const each = parts.length > 2000 ? undefined : time(() => {
    const doc = new Doc('reader')
    for (const part of parts) doc.mergeBytes(part)
    expect(doc.get(), trace)
    doc.free()
  }, 1)
  return {merged, each, stored: bytes.length, opened: merged}
}

async function yjs(trace) {
  const Y = await import('yjs')
  // Yjs counts UTF-16 units, as these traces do where they have no astral letters.
  const write = (text, patches) => {
    for (const [position, erased, inserted] of patches) {
      if (erased) text.delete(position, erased)
      if (inserted) text.insert(position, inserted)
    }
  }
  const open = update => {
    const doc = new Y.Doc()
    Y.applyUpdateV2(doc, update)
    return doc.getText('t').toString()
  }
  if (trace.sequential) {
    const make = () => {
      const doc = new Y.Doc()
      write(doc.getText('t'), trace.patches)
      return doc
    }
    const written = time(make, 3)
    const [memory, doc] = memoryOf(make)
    expect(doc.getText('t').toString(), trace)
    const bytes = Y.encodeStateAsUpdateV2(doc)
    return {written, stored: bytes.length, opened: time(() => open(bytes)), memory}
  }
  const docs = Array.from({length: trace.numAgents}, (_, i) => {
    const doc = new Y.Doc()
    doc.clientID = i + 1
    return doc
  })
  const parts = []
  replay(trace, (agent, txn, i, missing) => {
    for (const m of missing) Y.applyUpdateV2(docs[agent], parts[m])
    const before = Y.encodeStateVector(docs[agent])
    write(docs[agent].getText('t'), txn.patches)
    parts.push(Y.encodeStateAsUpdateV2(docs[agent], before))
  })
  // Where two wrote at one place at once the order is another, and so is what was erased there later
  // by its position. Everybody's end is the same all the same.
  const last = docs[trace.txns.at(-1).agent]
  const end = last.getText('t').toString()
  const bytes = Y.encodeStateAsUpdateV2(last)
  expect(open(bytes), trace, end)
  const merged = time(() => open(bytes))
  const each = time(() => {
    const doc = new Y.Doc()
    for (const part of parts) Y.applyUpdateV2(doc, part)
    expect(doc.getText('t').toString(), trace, end)
  }, 3)
  return {merged, each, stored: bytes.length, opened: merged}
}

async function automerge(trace) {
  const A = await import('@automerge/automerge')
  const write = (doc, patches) => A.change(doc, d => {
    for (const [position, erased, inserted] of patches)
      A.splice(d, ['t'], position, erased, inserted)
  })
  const open = bytes => A.load(bytes).t
  const first = A.from({t: ''}, '00')
  if (trace.sequential) {
    const written = time(() => write(A.clone(first, {actor: '01'}), trace.patches), 1)
    const doc = write(A.clone(first, {actor: '01'}), trace.patches)
    expect(doc.t, trace)
    const bytes = A.save(doc)
    return {written, stored: bytes.length, opened: time(() => open(bytes), 3)}
  }
  const docs = Array.from({length: trace.numAgents}, (_, i) =>
    A.clone(first, {actor: (i + 1).toString(16).padStart(2, '0')}))
  const changes = []
  replay(trace, (agent, txn, i, missing) => {
    if (missing.length) docs[agent] = A.applyChanges(docs[agent], missing.map(m => changes[m]))[0]
    docs[agent] = write(docs[agent], txn.patches)
    changes.push(A.getLastLocalChange(docs[agent]))
  })
  const last = docs[trace.txns.at(-1).agent]
  const bytes = A.save(last)
  const merged = time(() => open(bytes), 3)
  const each = time(() => {
    expect(A.applyChanges(A.clone(first), changes)[0].t, trace, last.t)
  }, 1)
  return {merged, each, stored: bytes.length, opened: merged}
}

const peers = {diamond, yjs, automerge}
for (const trace of readTraces()) {
  console.log(`\n${trace.name}: ${trace.numAgents} writers, ${trace.txns.length} transactions, ` +
              `${trace.keystrokes} keystrokes`)
  for (const [name, run] of Object.entries(peers)) {
    if (wanted.length && !wanted.includes(name)) continue
    try {
      print(name, trace, await run(trace))
    } catch (error) {
      console.log(`  ${name}: ${error.message ?? error}`)
    }
  }
}
