package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/internal/tree"
)

// Proved is what a rule must have behind it that lines are sent by: a device is known to have
// taken such lines, as 3, or the real program was measured, as 4.
const Proved = 3

// levels say what stands behind a rule, by its proof.
var levels = [5]string{"unverified", "seen in public configurations", "in the vendor's documents", "a device said so", "measured"}

// Weakest gives the command whose rule has the least behind it, and how many commands have
// less than Proved; false where nothing is changed.
func Weakest(es []tree.Edit) (weak tree.Edit, below int, ok bool) {
	if len(es) == 0 {
		return tree.Edit{}, 0, false
	}
	for _, e := range es {
		if e.Proof < Proved {
			below++
		}
	}
	return slices.MinFunc(es, func(a, b tree.Edit) int { return cmp.Compare(a.Proof, b.Proof) }), below, true
}

// ProofNote says what stands behind the rules of a change; "" where nothing is changed.
func ProofNote(es []tree.Edit) string {
	weak, below, ok := Weakest(es)
	if !ok {
		return ""
	}
	level := max(0, min(weak.Proof, len(levels)-1))
	note := fmt.Sprintf("proof: %d of 4 at the weakest, %s", level, levels[level])
	if below > 0 {
		note += fmt.Sprintf(": %q; %d of %d lines have less than %d", strings.TrimSpace(weak.Line), below, len(es), Proved)
	}
	return note
}

// experimental are the first words of the risk of a change that somebody answers for although
// its rules are not proved.
const experimental = "experimental until "

// Experiment is leave to send what is not proved: who answers for it, and until which day.
type Experiment struct{ Owner, Until string }

// risk is an experiment as it stands among the risks of a change, so that people approve it.
func (x Experiment) risk() string { return experimental + x.Until + " by " + x.Owner }

// Experimental tells until when somebody answers for what of a change is not proved, the last
// day included; the zero time where nobody does.
func (c Change) Experimental() time.Time {
	for _, r := range c.Risks {
		rest, ok := strings.CutPrefix(r, experimental)
		day, _, _ := strings.Cut(rest, " ")
		if until, err := time.Parse(time.DateOnly, day); ok && err == nil {
			return until.AddDate(0, 0, 1)
		}
	}
	return time.Time{}
}
