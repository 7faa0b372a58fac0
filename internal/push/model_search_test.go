package push

// found is a search: how many states there are, and the shortest way to the first fault.
type found struct {
	states int
	fault  string
	way    []string
}

// search visits every state, the nearest first, and sees that from each of them an end can
// be reached.
func search(v variant) found {
	type from struct {
		was int
		how string
	}
	var all []model
	var came []from
	seen := map[model]int{}
	back := [][]int32{}
	add := func(m model, was int, how string) {
		at, ok := seen[m]
		if !ok {
			at = len(all)
			seen[m] = at
			all, came, back = append(all, m), append(came, from{was, how}), append(back, nil)
		}
		if was >= 0 {
			back[at] = append(back[at], int32(was))
		}
	}
	trace := func(at int) (way []string) {
		for ; came[at].was >= 0; at = came[at].was {
			way = append([]string{came[at].how}, way...)
		}
		return way
	}
	for kind := sound; kind <= cuts; kind++ {
		for bad := int8(1); bad <= 2; bad++ {
			if bad == 1 || v.second && kind != sound {
				add(model{run: [2]runner{{at: watching, tx: 1}}, kind: kind, bad: bad}, -1, "")
				for back := broken; v.all && kind == sound && back <= cuts; back++ {
					add(model{run: [2]runner{{at: watching, tx: 1}}, kind: kind, bad: bad, wayBack: back}, -1, "")
				}
			}
		}
	}
	var ends []int32
	for at := 0; at < len(all); at++ {
		m := all[at]
		if fault := m.fault(v); fault != "" {
			return found{at + 1, fault, trace(at)}
		}
		if m.over() && (m.dev[0].tx == 0 || !v.second) {
			ends = append(ends, int32(at))
			continue
		}
		next, how := m.next(v)
		for i := range next {
			add(next[i], at, how[i])
		}
	}
	ok := make([]bool, len(all))
	for len(ends) > 0 {
		at := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		if !ok[at] {
			ok[at] = true
			ends = append(ends, back[at]...)
		}
	}
	for at := range all {
		if !ok[at] {
			return found{len(all), "no end can be reached", trace(at)}
		}
	}
	return found{len(all), "", nil}
}
