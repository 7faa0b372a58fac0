package strict

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"sync"

	"plumbline/internal/diag"
)

// Source remembers the place of every field decoded through it: for each piece of memory that
// decoding made, a list of places in the order of its layout.
type Source struct {
	also    []*Source
	layouts map[reflect.Type]*layout
	room    []place // for places to come

	lock   sync.Mutex // of what follows: places are asked for by many at once
	pieces []piece
	sorted []start // those of the pieces, or of the first of them, by address
}

// start is where a piece begins. Of two at one address the later counts.
type start struct {
	base  uintptr
	piece int
}

// piece is one value, or the values of one list.
type piece struct {
	of   *layout // of each value
	at   []place
	file string
	keep any // the memory, so that nothing else comes to lie there
}

// place is where something was written; nowhere where line is 0.
type place struct{ line, col int32 }

// NewSource returns an empty memory.
func NewSource() *Source { return &Source{layouts: map[reflect.Type]*layout{}} }

// Join lets the memory know what others know. So files can be read side by side, each
// lot through a memory of its own.
func (s *Source) Join(others ...*Source) { s.also = append(s.also, others...) }

// lay gives room for the places of so many values from ptr on.
func (s *Source) lay(file string, ptr reflect.Value, of *layout, many int) []place {
	n := many * of.spots
	if len(s.room) < n {
		s.room = make([]place, max(n, 4096))
	}
	at := s.room[:n:n]
	s.room = s.room[n:]
	s.put(piece{of, at, file, ptr.Interface()})
	return at
}

func (s *Source) put(p piece) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.pieces = append(s.pieces, p)
}

// piece gives the piece of memory that an address is in, and where in its list of places it is.
func (s *Source) piece(addr uintptr, t reflect.Type) (piece, int, bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.sort()
	return s.search(addr, t)
}

func (s *Source) sort() {
	if n := len(s.sorted); n < len(s.pieces) {
		for i, p := range s.pieces[n:] {
			s.sorted = append(s.sorted, start{reflect.ValueOf(p.keep).Pointer(), n + i})
		}
		slices.SortFunc(s.sorted, func(a, b start) int { return cmp.Or(cmp.Compare(a.base, b.base), a.piece-b.piece) })
	}
}

// search looks among the pieces that are sorted.
func (s *Source) search(addr uintptr, t reflect.Type) (piece, int, bool) {
	i := sort.Search(len(s.sorted), func(i int) bool { return s.sorted[i].base > addr })
	if i == 0 {
		return piece{}, 0, false
	}
	p := s.pieces[s.sorted[i-1].piece]
	off := addr - s.sorted[i-1].base
	in, ok := p.of.index[spot{off % p.of.size, t}]
	in += int(off/p.of.size) * p.of.spots
	return p, in, ok && in < len(p.at)
}

// known gives the place of a field; false where it was decoded elsewhere.
func (s *Source) known(ptr any) (diag.Pos, bool) {
	v := reflect.ValueOf(ptr)
	return s.at(v.Pointer(), v.Type().Elem())
}

func (s *Source) at(addr uintptr, t reflect.Type) (diag.Pos, bool) {
	if p, i, ok := s.piece(addr, t); ok && p.at[i].line > 0 {
		return diag.Pos{File: p.file, Line: int(p.at[i].line), Col: int(p.at[i].col)}, true
	}
	for _, o := range s.also {
		if at, ok := o.at(addr, t); ok {
			return at, true
		}
	}
	return diag.Pos{}, false
}

// At tells where the field that ptr addresses was written; for an optional field that
// was left out, where its object begins. It panics on an address that was never
// decoded: somebody copied a struct, and every later message would lie.
func (s *Source) At(ptr any) diag.Pos {
	p, ok := s.known(ptr)
	if !ok {
		panic(fmt.Sprintf("strict: %T was not decoded here; was its struct copied?", ptr))
	}
	return p
}

// Moved tells the memory that the struct *from was copied to *to, so that the places of
// its fields are known there too.
func (s *Source) Moved(from, to any) {
	v := reflect.ValueOf(from)
	of := s.layout(v.Type().Elem())
	s.lock.Lock()
	defer s.lock.Unlock()
	p, i, ok := s.search(v.Pointer(), v.Type().Elem())
	if !ok { // else sorting would have to be done again for each of many
		s.sort()
		p, i, ok = s.search(v.Pointer(), v.Type().Elem())
	}
	if ok {
		s.pieces = append(s.pieces, piece{of, p.at[i : i+of.spots], p.file, to})
	}
}
