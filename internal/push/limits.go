package push

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"plumbline/drivers/write"
	"plumbline/internal/journal"
	"plumbline/internal/plan"
)

// limits holds what no planner may pass: two of a redundancy group, or two devices that
// cannot undo by themselves, never share a wave.
func (r *run) limits(trials []*trial) error {
	if err := errors.Join(r.hourly(trials), ordered(trials), r.ways(trials)); err != nil {
		return err
	}
	alone, groups := map[int]string{}, map[string]string{}
	for _, t := range trials {
		if t.already {
			continue
		}
		if r.Group != nil && r.Group(t.Device) != "" {
			key := fmt.Sprintf("%d %s", t.Wave, r.Group(t.Device))
			if other, taken := groups[key]; taken {
				return &Error{t.Device, "wave", Limits, fmt.Errorf("it shares a redundancy group with %s, which is in the same wave", other)}
			}
			groups[key] = t.Device
		}
		timer, ok := t.writer.(write.Timer)
		if ok && timer.SelfReverts(r.door(t)) {
			continue
		}
		if other, taken := alone[t.Wave]; taken {
			return &Error{t.Device, "wave", Limits, fmt.Errorf("it cannot undo by itself, nor can %s in the same wave", other)}
		}
		alone[t.Wave] = t.Device
	}
	return nil
}

// ways holds that what touches the way in is alone in its wave, on a device that takes it back by
// itself: nobody might be able to reach it for that.
func (r *run) ways(trials []*trial) error {
	for _, t := range trials {
		if t.already || !slices.Contains(t.Risks, plan.Lifeline) {
			continue
		}
		if timer, ok := t.writer.(write.Timer); !ok || !timer.SelfReverts(r.door(t)) {
			return &Error{t.Device, "wave", Limits, errors.New("it changes the way in, and cannot undo by itself")}
		}
		for _, o := range trials {
			if o.Device != t.Device && o.Wave == t.Wave && !o.already {
				return &Error{t.Device, "wave", Limits, fmt.Errorf("it changes the way in, and %s is in the same wave", o.Device)}
			}
		}
	}
	return nil
}

// ordered holds that a stage is over everywhere before the next one begins anywhere, and that
// no device is sent a later one first.
func ordered(trials []*trial) error {
	last, was := at{}, ""
	for _, stage := range plan.Order() {
		before, earlier := last, was
		for _, t := range trials {
			if t.Stage != stage {
				continue
			}
			if before.device != "" && t.Wave <= before.wave {
				return &Error{t.Device, "wave", Limits, fmt.Errorf("it %s in wave %d, before %s %s in wave %d", stage, t.Wave, before.device, earlier, before.wave)}
			}
			if last.device == "" || t.Wave > last.wave {
				last, was = t.at(), stage
			}
		}
	}
	return nil
}

// hourly counts what the journal says was begun in the last hour: a limit that a restart
// does not forget.
func (r *run) hourly(trials []*trial) error {
	if r.PerHour == 0 {
		return nil
	}
	sent, now := map[string]bool{}, r.Clock.Now()
	for _, b := range Began(r.Had, now) {
		if now.Sub(b.At) < time.Hour {
			sent[b.Device] = true
		}
	}
	for _, t := range trials {
		if !t.already {
			sent[t.Device] = true
		}
	}
	if len(sent) > r.PerHour {
		return &Error{Op: "limit", Kind: Limits, Err: fmt.Errorf("%d devices within one hour, and policy allows %d: wait, or push fewer", len(sent), r.PerHour)}
	}
	return nil
}

// Began gives when the trials of a journal were begun: a limit that a restart does not
// forget counts them. What tells no time counts as begun right now.
func Began(rs []journal.Record, now time.Time) (out []write.Begun) {
	for _, n := range rs {
		if n.Step != journal.Intent {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, n.Time)
		if err != nil {
			at = now
		}
		out = append(out, write.Begun{Device: n.Device, At: at})
	}
	return out
}
