package replay

// way watches over the order of a script: what touches the way in comes last, so that what
// could go wrong before does so while the device can still be reached.
type way struct {
	begun   bool            // a line of the way in has changed in an earlier step
	touched bool            // and one in this step
	other   string          // a line that has nothing to do with it and changed in this step
	placed  map[*entry]bool // blocks that came where their rule says
}

// turn notes that a line comes or goes. What goes behind the way in may be what it used: the
// definitions, and what they need at the top. A header that is entered is no change, nor is a default that is not shown, nor
// a line whose rule says by itself where it has to come, or that of a block which came with it.
func (w *way) turn(dev *Device, e *entry, by int) {
	defines := dev.defines(e)
	if aim := dev.book.aim; by < 0 && aim != nil { // and what goes along
		defines = defines || dev.defines(aim)
	}
	for x := e; x != nil && x.r != nil; x = x.up {
		if x.r.Lockout {
			w.touched = true
			return
		}
	}
	if w.told(e, by) || e.block() || by < 0 && (defines || dev.hidden(e)) {
		return
	}
	w.other = dev.line(e)
}

// told tells whether the rule of a line says where it has to come, or that of a block which came.
func (w *way) told(e *entry, by int) bool {
	told := len(e.r.Before)+len(e.r.After) > 0
	if told && by > 0 && e.block() {
		w.placed[e] = true
	}
	for x := e.up; x != nil; x = x.up {
		told = told || w.placed[x]
	}
	return told
}

// defines tells whether others may need a line, or one of the blocks that it stands in.
func (dev *Device) defines(e *entry) bool {
	for x := e; x != nil && x.r != nil; x = x.up {
		if x.r.Def != nil || dev.d.Gates(dev.line(x)) {
			return true
		}
	}
	return false
}

// late ends a step and gives the line that came too late; "" is none.
func (w *way) late() (line string) {
	if w.begun && !w.touched {
		line = w.other
	}
	w.begun, w.touched, w.other = w.begun || w.touched, false, ""
	return line
}
