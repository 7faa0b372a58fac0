package push

import (
	"plumbline/drivers/write"
	"plumbline/internal/journal"
)

// phase is where a wave is on its way.
type phase string

// The phases of a wave, and its ends.
const (
	watching phase = "watching" // how are they now
	trying   phase = "trying"   // apply on trial, read back: each equals what was foretold
	soaking  phase = "soaking"  // two passes of health in a row, over new connections
	keeping  phase = "keeping"  // keep all; read back; journal what is there
	checking phase = "checking" // health again
	closing  phase = "closing"  // the wave is done
	undoing  phase = "undoing"  // undo all in reverse order; read back; journal what is there
	mending  phase = "mending"  // look at each device, and bring all to one side

	recalling phase = "recalling" // of a wave that was kept: each holds what was kept, and nothing is on trial there
	returning phase = "returning" // the way back on trial, read back: each equals what was before
	resting   phase = "resting"   // health, as in soaking
	leaving   phase = "leaving"   // keep the way back; read back; journal what is there
	staying   phase = "staying"   // undo the way back; read back; journal what is there

	kept     phase = "kept"     // all are new, and well; on a way back: they stay so
	undone   phase = "undone"   // all are old, or nothing was sent
	doubtful phase = "doubtful" // a person has to look
)

// row is one phase of the protocol: what is on disk before it begins, and where it leads.
type row struct {
	note journal.Step // "": nothing
	each bool         // the note is of each device, right before anything is sent to it
	well phase
	ill  phase
	lost phase // where the note could not be written; "": the phase is played all the same
	none phase // mending alone: neither side was reached
	sure bool  // from here on a wave comes to its end, though a person said stop
}

// protocol is the life of a wave. What plays it and what searches it for faults both read
// this table, and there is no other.
var protocol = map[phase]row{
	watching: {well: trying, ill: undone},
	trying:   {note: journal.Intent, each: true, well: soaking, ill: undoing},
	soaking:  {well: keeping, ill: undoing},
	keeping:  {note: journal.Keep, well: checking, ill: mending, lost: undoing, sure: true},
	checking: {well: closing, ill: mending},
	closing:  {note: journal.WaveDone, well: kept, lost: doubtful, sure: true},
	undoing:  {note: journal.Undo, well: undone, ill: mending, sure: true}, // without its note too: a device would do so by itself
	mending:  {well: closing, ill: undone, none: doubtful, sure: true},

	recalling: {note: journal.Back, well: returning, ill: doubtful, lost: kept},
	returning: {note: journal.Intent, each: true, well: resting, ill: staying},
	resting:   {well: leaving, ill: staying},
	leaving:   {note: journal.Undo, well: undone, ill: mending, lost: staying, sure: true},
	staying:   {well: closing, ill: mending, sure: true},
}

// leg is a wave that has ended: on its way out, or on its way back.
type leg struct {
	back bool
	end  phase
}

// goes is what comes after a wave.
type goes string

// What comes after a wave.
const (
	onward   goes = "on"   // the next wave, or the end
	homeward goes = "back" // the last wave that this push kept is taken back, where policy says that all is; or the end
	halts    goes = "halt" // a person has to look
)

// course is the life of a push: what comes after each end of a wave.
var course = map[leg]goes{
	{false, kept}:     onward,
	{false, undone}:   homeward,
	{false, doubtful}: halts,
	{true, undone}:    homeward,
	{true, kept}:      halts, // it was to go back, and did not
	{true, doubtful}:  halts,
}

// rounds is how often mending goes over a wave.
const rounds = 3

// act is what is done with one device whose trial nobody remembers.
type act string

const (
	back    act = "undo"    // ours is on trial, and not wanted: take it back, the device keeps a copy of what ran
	forward act = "keep"    // ours is on trial, decided and wanted
	there   act = "there"   // it holds what is wanted: nothing to do but to write it down
	resend  act = "send"    // it holds the other side, and that is ours: send the way over, on trial
	stop    act = "halt"    // a person has to look: never overwrite what is not ours
	again   act = "look on" // wait for the device's own timer, then look again; in the end: stop
)

// seen is what is known of one device before anything is done with it: what its last trial
// was to lead to, and what it shows.
type seen struct {
	wants   bool        // what that trial leads to is wanted; else what was before it
	decided bool        // the journal holds a decision to keep it
	state   write.State // whose trial runs
	holds   string      // target or base of that trial, partly, unknown
}

// The words of seen.holds.
const (
	target  = "target"
	base    = "base"
	partly  = "partly" // neither
	unknown = "unknown"
)

// any, yes and no are what a row of recovery asks.
const (
	yes = "yes"
	no  = "no"
)

// recovery is the whole of what may be done with a device that may hold a trial of ours:
// the first row that fits. Empty fits everything.
var recovery = []struct {
	wants, decided string
	state          write.State
	holds          string
	do             act
}{
	{"", "", "", unknown, again},
	{"", "", write.Foreign, "", again},
	{"", "", write.Unseen, "", again},
	{yes, yes, write.Ours, target, forward},
	{"", "", write.Ours, "", back}, // nothing was decided, or the other side is wanted, or only a part ran
	{yes, yes, write.None, target, there},
	{yes, "", write.None, base, resend}, // its timer was first
	{no, "", write.None, base, there},
	{no, yes, write.None, target, resend}, // we kept it, and then all was not well
	{"", "", "", "", stop},                // somebody confirmed what we did not, or it is somebody else's
}

func rule(s seen) act {
	is := map[bool]string{true: yes, false: no}
	for _, r := range recovery {
		if (r.wants == "" || r.wants == is[s.wants]) && (r.decided == "" || r.decided == is[s.decided]) &&
			(r.state == "" || r.state == s.state) && (r.holds == "" || r.holds == s.holds) {
			return r.do
		}
	}
	return stop
}
