package plan

import (
	"slices"
	"strconv"
	"strings"
)

// spread gives each change that has no wave one: the smallest change first as canary, then up
// to the given sizes, never two of one group or both ends of a last path together, those that
// share a value that changes always together, and what touches the way in, cannot undo by
// itself or is an experiment last and alone.
func spread(cs []Change, sizes []string, w waves) {
	w.in, w.room = nil, room(sizes, len(cs))
	if len(cs) > 0 {
		w.unit = w.units[cs[0].Stage]
	}
	var units [][]int // indices of cs
	at := map[int]int{}
	for i, c := range cs {
		if c.Wave > 0 {
			w.put(c, c.Wave)
			continue
		}
		n := w.unit[c.Device]
		j, begun := at[n]
		if n == 0 || !begun {
			j = len(units)
			units, at[n] = append(units, nil), j
		}
		units[j] = append(units[j], i)
	}
	slices.SortStableFunc(units, func(a, b []int) int {
		x, y := weigh(cs, a), weigh(cs, b)
		if x.alone != y.alone {
			if y.alone {
				return -1
			}
			return 1
		}
		return x.edits - y.edits
	})
	for _, u := range units {
		wave := w.place(cs, u)
		for _, i := range u {
			cs[i].Wave = wave
			w.put(cs[i], wave)
		}
	}
}

// weight is how much a unit asks of its wave.
type weight struct {
	alone bool
	edits int
}

func weigh(cs []Change, unit []int) (w weight) {
	for _, i := range unit {
		w.alone, w.edits = w.alone || alone(cs[i]), w.edits+len(cs[i].Edits)
	}
	return w
}

func alone(c Change) bool {
	return slices.Contains(c.Risks, Lifeline) || slices.Contains(c.Risks, NoTimer) || !c.Experimental().IsZero()
}

// waves is who is in which wave so far, and who may be there with whom.
type waves struct {
	room   []int // how many may be in each wave; waves after the last hold any number
	groups map[string]string
	apart  map[string][]string
	units  map[string]map[string]int // by stage: devices of one number share what changes; 0 for none
	unit   map[string]int            // those of the stage at hand
	in     [][]Change
}

func (w *waves) put(c Change, wave int) {
	for len(w.in) < wave {
		w.in = append(w.in, nil)
	}
	w.in[wave-1] = append(w.in[wave-1], c)
}

// place finds the first wave that takes all of a unit. One that is larger than any wave that is
// left has a wave of its own.
func (w *waves) place(cs []Change, unit []int) int {
	for n := 1; ; n++ {
		var in []Change
		if n <= len(w.in) {
			in = w.in[n-1]
		}
		full := n <= len(w.room) && len(in)+len(unit) > w.room[n-1] && len(in) > 0
		if !full && !slices.ContainsFunc(unit, func(i int) bool { return !w.takes(cs[i], in) }) {
			return n
		}
	}
}

func (w *waves) takes(c Change, in []Change) bool {
	if len(in) > 0 && alone(c) {
		return false
	}
	return !slices.ContainsFunc(in, func(o Change) bool {
		return alone(o) || slices.Contains(w.apart[c.Device], o.Device) || w.groups[c.Device] != "" && w.groups[c.Device] == w.groups[o.Device]
	})
}

// room turns sizes that count from the start into the size of each wave, at least one.
func room(sizes []string, total int) (rs []int) {
	if len(sizes) == 0 {
		sizes = []string{"1", "100%"}
	}
	before := 0
	for _, s := range sizes {
		n, percent := strings.CutSuffix(s, "%")
		upto, err := strconv.Atoi(n)
		if err != nil {
			continue
		}
		if percent {
			upto = (total*upto + 99) / 100
		}
		rs = append(rs, max(upto-before, 1))
		before = max(before+1, upto)
	}
	return rs
}
