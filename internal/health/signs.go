package health

import (
	"maps"
	"slices"
	"strings"
)

// A sign is none of the sessions of a device: its log, its memory and its processors. One that is not up is not
// told by the device; what is not told before a change is not judged after it.

// sign tells whether a name is that of one.
func sign(session string) bool { return session == logged || strings.HasPrefix(session, load) }

// signs judges one, and says what is to be told besides.
func (e Expected) signs(session string, was, is Vital) (bad, told []Finding) {
	if session == logged {
		return inLog(was, is)
	}
	return e.loaded(session, was, is)
}

// WithLog puts what a log says among the vitals of a device.
func (v Vitals) WithLog(is Vital) { v[logged] = is }

// WithLoad puts how much of something is used among them; what several answers tell is the most of them.
func (v Vitals) WithLoad(of string, is Vital) {
	if was := v[load+of]; was.Up && (!is.Up || was.Counts["used"] > is.Counts["used"]) {
		return
	}
	v[load+of] = is
}

// Untold lists what a device is asked and does not tell, so that it cannot be judged.
func (v Vitals) Untold() (out []Finding) {
	for _, s := range slices.Sorted(maps.Keys(v)) {
		if sign(s) && !v[s].Up {
			out = append(out, Finding{Session: s, Text: "is not told by the device, and not judged"})
		}
	}
	return out
}

// Anew is what is left of vitals to judge a way back by: what a log said until now is no fault of it.
func (v Vitals) Anew(now Vitals) Vitals {
	out := maps.Clone(v)
	if is, there := now[logged]; there {
		out[logged] = is
	}
	return out
}
