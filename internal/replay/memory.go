package replay

import (
	"hash/maphash"

	"plumbline/internal/tree/dialect"
)

// memory is how lines were read before, for devices that read the same ones often.
type memory struct {
	seed  maphash.Seed
	table []int32 // places in rows by the hash of a line, each one more than it is; 0 is none
	rows  []meaning
	hits  int  // how often a line came again
	short bool // it gives up where hardly a line does
}

// hopeless tells whether a memory is not worth asking: of the lines so far hardly one came twice.
func (m *memory) hopeless() bool { return m.short && len(m.rows) >= soMany && 8*m.hits < len(m.rows) }

// soMany is how many lines tell.
const soMany = 256

type meaning struct {
	rules *dialect.Index
	text  string
	r     *dialect.Rule
	as    *reading // shared: nobody changes it
}

func newMemory(size int) *memory {
	return &memory{seed: maphash.MakeSeed(), table: make([]int32, roomFor(size)), rows: make([]meaning, 0, size)}
}

// roomFor is how long a table is for so many: a power of two, and at least half of it stays empty.
func roomFor(size int) int {
	room := 16
	for room < 2*size {
		room *= 2
	}
	return room
}

// find gives the place of a line in the table, and what is known of it; nil is nothing.
func (m *memory) find(rules *dialect.Index, text string) (at uint64, known *meaning) {
	mask := uint64(len(m.table) - 1)
	for at = maphash.String(m.seed, text) & mask; m.table[at] != 0; at = (at + 1) & mask {
		if known = &m.rows[m.table[at]-1]; known.rules == rules && known.text == text {
			return at, known
		}
	}
	return at, nil
}

func (m *memory) keep(at uint64, what meaning) {
	m.rows = append(m.rows, what)
	if m.table[at] = int32(len(m.rows)); 2*len(m.rows) <= len(m.table) {
		return
	}
	m.table = make([]int32, 2*len(m.table))
	for i := range m.rows {
		at, _ := m.find(m.rows[i].rules, m.rows[i].text)
		m.table[at] = int32(i) + 1
	}
}

// choose finds the rule that reads a line, the narrowest of several.
func (dev *Device) choose(rules *dialect.Index, text string) (*dialect.Rule, *reading) {
	m := dev.memory
	if m == nil || m.hopeless() {
		return dev.chooser.choose(dev.d, rules, text)
	}
	at, known := m.find(rules, text)
	if known != nil {
		m.hits++
		return known.r, known.as
	}
	r, as := dev.chooser.choose(dev.d, rules, text)
	m.keep(at, meaning{rules, text, r, as})
	return r, as
}
