package plan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"plumbline/drivers"
)

const (
	magic    = "plumbline/plan/2\x00"
	maxPlan  = 64 << 20 // bytes
	maxItems = 100_000  // devices, or entries of one list
)

// Encode gives the plan as it is kept: the bytes that Digest is over, and the devices
// that did not answer.
func (p Plan) Encode() []byte {
	w := writer{out: []byte(magic)}
	w.bytes(p.Header.record())
	w.number(len(p.Changes))
	for _, c := range p.sorted() {
		w.bytes(c.record())
	}
	w.number(len(p.Missing))
	for _, m := range p.Missing {
		w.text(m.Device, m.Why)
	}
	return w.out
}

// Decode reads what Encode wrote. What would not be written back byte for byte, or is
// too large, is refused.
func Decode(b []byte) (Plan, error) {
	var p Plan
	if len(b) > maxPlan {
		return p, fmt.Errorf("plan: %d bytes, at most %d are read: split the change", len(b), maxPlan)
	}
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok {
		return p, errors.New("plan: not a plan of this version: make it again")
	}
	r := reader{in: rest}
	p.Header = r.header()
	for range r.count() {
		p.Changes = append(p.Changes, r.change())
	}
	for range r.count() {
		p.Missing = append(p.Missing, Missing{r.text(), r.text()})
	}
	if r.bad || len(r.in) > 0 {
		return Plan{}, errors.New("plan: damaged: fetch it again, or make it again")
	}
	for i := 1; i < len(p.Changes); i++ {
		if p.Changes[i-1].Device >= p.Changes[i].Device {
			return Plan{}, fmt.Errorf("plan: device %q stands twice or out of order: make the plan again", p.Changes[i].Device)
		}
	}
	if !bytes.Equal(p.Encode(), b) {
		return Plan{}, errors.New("plan: not in its one spelling: make it again")
	}
	return p, nil
}

// reader reads records. After a fault it gives nothing more.
type reader struct {
	in  []byte
	bad bool
}

func (r *reader) size() int {
	if r.bad || len(r.in) < 8 {
		r.bad = true
		return 0
	}
	n := binary.BigEndian.Uint64(r.in)
	r.in = r.in[8:]
	if n > uint64(len(r.in)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte {
	n := r.size()
	if r.bad || n == 0 {
		return nil
	}
	b := r.in[:n:n]
	r.in = r.in[n:]
	return b
}

func (r *reader) text() string { return string(r.bytes()) }

func (r *reader) number() int {
	n, err := strconv.Atoi(r.text())
	r.bad = r.bad || err != nil
	return n
}

// count reads how many follow; a fault is none.
func (r *reader) count() int {
	n := r.number()
	if r.bad || n < 0 || n > maxItems {
		r.bad = true
		return 0
	}
	return n
}

func (r *reader) list() (ss []string) {
	n := r.size()
	if n > maxItems {
		r.bad = true
	}
	for i := 0; i < n && !r.bad; i++ {
		ss = append(ss, r.text())
	}
	return ss
}

func (r *reader) header() Header {
	in := reader{in: r.bytes()}
	h := Header{
		Repo: in.text(), Inputs: in.text(), Renderer: in.text(), Drivers: in.text(),
		Policy: in.text(), Secrets: in.text(), Waves: in.list(), Previous: in.text(),
	}
	r.bad = r.bad || in.bad || len(in.in) > 0
	return h
}

func (r *reader) change() (c Change) {
	in := reader{in: r.bytes()}
	c.Device, c.Platform, c.Endpoint = in.text(), in.text(), in.text()
	c.Pins = in.list()
	c.Have, c.HaveFull = in.text(), in.text()
	c.Edit = in.script()
	c.Want, c.Style = in.text(), in.text()
	c.Hold = in.number()
	c.Asserts, c.Risks = in.list(), in.list()
	c.Wave = in.number()
	c.Coverage.Managed, c.Coverage.Unmanaged, c.Coverage.Unruled = in.number(), in.number(), in.number()
	c.Coverage.Foreign = in.list()
	c.Text = in.bytes()
	if len(in.in) > 0 { // of a plan that goes in stages
		c.Stage = in.text()
		for range in.count() {
			p := Part{Stage: in.text(), Want: in.text(), Wave: in.number()}
			p.Edit = in.script()
			c.Parts = append(c.Parts, p)
		}
	}
	r.bad = r.bad || in.bad || len(in.in) > 0
	return c
}

func (r *reader) script() (e drivers.Edit) {
	e.Do, e.Undo = r.bytes(), r.bytes()
	for range r.count() {
		e.Answers = append(e.Answers, drivers.Answer{Line: r.text(), Question: r.text(), Reply: r.text()})
	}
	return e
}
