package replay

import "plumbline/internal/tree/dialect"

// keeping is a line about which the device may be silent, and what it means before a switch turns
// what silence means.
type keeping struct {
	e      *entry
	on     bool
	spared bool // it means what the switch says
}

// kept gives what lines mean that a switch keeps as they are, although it turns what silence about
// them means: neighbours of FRR stay as active as they were when they came.
func (dev *Device) kept(l *entry) (out []keeping) {
	if len(l.r.Keeps) == 0 {
		return nil
	}
	spared := map[string]bool{}
	for _, e := range dev.led(l, l.r.Spares) {
		spared[place(e.up)+"\x00"+e.identity()] = true
		out = append(out, keeping{e, false, true})
	}
	for _, e := range dev.led(l, l.r.Keeps) {
		if spared[place(e.up)+"\x00"+e.identity()] {
			continue
		}
		on := dev.implied(e) == "on"
		if old := e.up.line(e.identity()); old != nil {
			on = !old.neg
		}
		out = append(out, keeping{e, on, false})
	}
	return out
}

// keep says of lines what they meant, where silence means something else now, and is silent where
// it means just that.
func (dev *Device) keep(lines []keeping) {
	for _, k := range lines {
		old := k.e.up.line(k.e.identity())
		switch {
		case old != nil && dev.hidden(old):
			dev.drop(old)
		case old == nil && !k.spared && k.on != (dev.implied(k.e) == "on"):
			k.e.neg = !k.on
			dev.put(k.e.up, k.e)
		}
	}
	for _, k := range lines {
		if up := k.e.up; up.up != nil && dev.unseen(up) {
			dev.drop(up)
		}
	}
}

// led reads the lines that globs lead to, each in its block.
func (dev *Device) led(l *entry, gs []dialect.Glob) (out []*entry) {
	var paths [][]string
	for _, g := range gs {
		dev.under(l.up, g.Levels, scope{e: l}, func(x *entry, bound scope) {
			if !x.neg {
				paths = append(paths, g.Lines(func(name string) string { v, _ := bound.find(name); return v }))
			}
		})
	}
	for _, path := range paths {
		in := l.up
		for _, header := range path[:len(path)-1] {
			e := dev.read(in, header)[0]
			if old := in.line(e.identity()); old != nil {
				e = old
			} else {
				e = dev.put(in, e)
			}
			in = e
		}
		out = append(out, dev.read(in, path[len(path)-1])[0])
	}
	return out
}
