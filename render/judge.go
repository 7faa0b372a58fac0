package render

import (
	"io/fs"
	"reflect"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// Judge tells what All would say, and how many lines it would give, and writes none: the
// templates are counted, which is many times faster than to fill them. A device of which
// something is to be said is rendered in full, so that it is said at its place.
func Judge(n *network.Network, platforms fs.FS) (lines int, ds diag.List) {
	counts := make([]int, len(n.Devices))
	ds = each(n, platforms, func() func(int, *pen, *network.Device, *diag.List) {
		var t tally
		return func(i int, p *pen, d *network.Device, ds *diag.List) { counts[i] = t.device(p, d, ds) }
	})
	for _, c := range counts {
		lines += c
	}
	return lines, ds
}

// device gives the number of lines of a device. What is odd about it is told by rendering it.
func (t *tally) device(p *pen, d *network.Device, ds *diag.List) (lines int) {
	if p.broken || len(d.Leave) > 0 {
		return len(p.write(d, ds).Origins)
	}
	v := reflect.ValueOf(d).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() != reflect.Pointer || f.IsNil() {
			continue
		}
		s := p.sheets[v.Type().Field(i).Name]
		if s == nil {
			return len(p.write(d, ds).Origins)
		}
		n, ok := s.count(t, f.Interface())
		if !ok {
			return len(p.write(d, ds).Origins)
		}
		lines += n
	}
	return lines
}
