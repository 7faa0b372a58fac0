package drivers

import "time"

// Commit is how a platform puts a change on trial, in its own words: facts out of
// platform.yaml, never code. The order of the steps is not among them: it is the same for
// all. A platform without it is written to in another way, or not at all.
//
// The holes of a line are <tag>, the mark of the transaction; <s>, <min> and <hms>, how long
// the trial lasts; <script> and <undo>, in the place of which the lines of the change and of
// the way back are sent. The holes of a pattern are <tag> and <user>, who writes.
type Commit struct {
	Unit        time.Duration // what the device counts the trial in; a trial is rounded up to it
	Least, Most time.Duration // how short and how long a trial may be
	Session     string        // free: any session may end a trial; held: the one that began it keeps the lock; bound: no other one can keep it
	Pending     Pending
	Startup     Sameness // whether the device starts with what runs; without it what is kept is saved
	Candidate   Sameness // asked in configuration mode: whether nothing is staged there
	Lock        []Step   // nobody else may stage
	Stage       []Step   // nothing runs yet
	Check       []Step   // the device's own judgement
	Arm         []Step   // the clock, where it is started before the change
	Apply       []Step   // from here on the change runs
	Confirm     []Step   // it stays
	Cancel      []Step   // it goes back now
	Discard     []Step   // what was staged is forgotten; harmless in every state, whatever it says
}

// Trial is how long a trial lasts on the device: never shorter than was asked for. It is
// longer than Most where the platform cannot.
func (c Commit) Trial(d time.Duration) time.Duration {
	unit := max(c.Unit, time.Second)
	return max((d+unit-1)/unit*unit, c.Least)
}

// Pending is how a device tells whose change is on trial. The patterns are tried in the
// order ours, foreign, none; an answer that fits none of them tells nothing.
type Pending struct {
	Asks                      []string
	Ours, Foreign, None, Used string // Used: the device remembers the mark of ours from an earlier trial
}

// Sameness is a question whose answer fits a pattern where two texts of the device are the
// same. Without a question it is taken for granted.
type Sameness struct{ Ask, Same string }

// Step is one line and what it must bring: a text in the answer or in the prompt behind it;
// "*" is any answer but a refusal, "**" any at all, and nothing is that the device says nothing.
type Step struct{ Send, Want string }
