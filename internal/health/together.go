package health

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Look is how one device was before its change and how it was seen last, and what the change does.
type Look struct {
	Before, After Vitals
	Expected      Expected
}

// Fewer devices, or routes, than these say nothing together: one of them moves the whole.
const (
	fewDevices = 3
	fewRoutes  = 100
)

// crowding is by how many points the used part of limits of sessions may rise on average.
const crowding = 5

// part is what one device adds to a mean or to a sum.
type part struct {
	device  string
	was, is int // percent, or routes
	n       int // of so many sessions
}

// Together judges devices as one: each may be well by itself, and all of them move the same way. A mean of
// what each has used, and of what is used of the limits of its sessions, rises less than one of them may;
// the sum of routes is held to what one session is held to, with those that were too few to judge.
func Together(looks map[string]Look) (out []Finding) {
	devices := slices.Sorted(maps.Keys(looks))
	for _, of := range slices.Sorted(maps.Keys(bounds)) {
		var parts []part
		for _, d := range devices {
			was, is := looks[d].Before[load+of], looks[d].After[load+of]
			if was.Up && is.Up && len(looks[d].Expected.Added) == 0 {
				parts = append(parts, part{d, was.Counts["used"], is.Counts["used"], 1})
			}
		}
		out = append(out, rose(parts, of+" used", bounds[of].all)...)
	}
	var limits []part
	for _, d := range devices {
		if p := looks[d].crowd(d); p.n > 0 {
			limits = append(limits, p)
		}
	}
	out = append(out, rose(limits, "limits of sessions used", crowding)...)
	for _, way := range []string{"accepted", "advertised", "received"} {
		out = append(out, summed(looks, devices, way)...)
	}
	return out
}

// rose judges a mean.
func rose(parts []part, what string, most int) []Finding {
	var was, is, n int
	for _, p := range parts {
		was, is, n = was+p.was, is+p.is, n+p.n
	}
	if len(parts) < fewDevices || is-was <= most*n {
		return nil
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare((b.is-b.was)*a.n, (a.is-a.was)*b.n) })
	var worst []string
	for _, p := range parts[:fewDevices] {
		worst = append(worst, fmt.Sprintf("%s from %d %% to %d %%", p.device, p.was/p.n, p.is/p.n))
	}
	return []Finding{{all(len(parts)), what, fmt.Sprintf("was %d %% and is %d %% on average; more than %d points together are not well (%s)", was/n, is/n, most, strings.Join(worst, ", "))}}
}

// summed judges a sum of routes: of sessions that stayed, where the plan does not move them by any number.
func summed(looks map[string]Look, devices []string, way string) []Finding {
	var was, is, more, less, n int
	for _, d := range devices {
		l, some := looks[d], false
		for s, v := range l.Before {
			now := l.After[s]
			if sign(s) || !v.Up || !now.Up || l.Expected.freed(s) || l.Expected.removed(s) {
				continue
			}
			for c, x := range v.Counts {
				up, down, free := l.Expected.moved(s, c)
				y, there := now.Counts[c]
				if !strings.HasPrefix(c, way) || !there || free {
					continue
				}
				was, is, more, less, some = was+x, is+y, more+up, less+down, true
			}
		}
		if some {
			n++
		}
	}
	low, high := (was*least+99)/100-less, grown(was)+more
	switch {
	case n < fewDevices || was < fewRoutes:
	case is < low:
		return []Finding{{all(n), way, fmt.Sprintf("was %d and is %d; less than %d together is not well", was, is, low)}}
	case is > high:
		return []Finding{{all(n), way, fmt.Sprintf("was %d and is %d; more than %d together is not well", was, is, high)}}
	}
	return nil
}

func all(n int) string { return fmt.Sprintf("%d devices of this push", n) }

// moved is by how many a change may move a count up and down; free is any number.
func (e Expected) moved(session, count string) (up, down int, free bool) {
	for _, m := range e.Moves {
		if m.concerns(session, count) {
			up, down, free = up+m.More, down+m.Less, free || m.More < 0 || m.Less < 0
		}
	}
	return up, down, free
}

// crowd is what is used of the limits that stay, over the sessions whose routes the plan does not move.
func (l Look) crowd(device string) part {
	out := part{device: device}
	for s, v := range l.Before {
		now := l.After[s]
		i := limited(l.Expected.Limits, s)
		if !v.Up || !now.Up || i.Is <= 0 || i.Was != i.Is || l.Expected.freed(s) || l.Expected.removed(s) {
			continue
		}
		was, is, some := 0, 0, false
		for c, x := range v.Counts {
			up, down, free := l.Expected.moved(s, c)
			if y, there := now.Counts[c]; there && strings.HasPrefix(c, "received") && up == 0 && down == 0 && !free {
				was, is, some = max(was, x*100/i.Is), max(is, y*100/i.Is), true
			}
		}
		if some {
			out.was, out.is, out.n = out.was+was, out.is+is, out.n+1
		}
	}
	return out
}

// limited is the limit of a session, by whatever name of its table.
func limited(limits map[string]Limit, session string) Limit {
	for name, l := range limits {
		if listed([]string{name}, session) {
			return l
		}
	}
	return Limit{}
}
