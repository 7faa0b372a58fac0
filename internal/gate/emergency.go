package gate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// urgently is how many people of class policy sign what is pushed in an emergency.
const urgently = 2

// longestReason bounds why nobody waits for a review, in bytes.
const longestReason = 200

// urgent is policy in an emergency: no review is waited for, and two of those who may change
// policy itself sign the plan, beside whoever it needs on any other day.
func (p Policy) urgent() Policy {
	p.Forge = nil
	p.Approvals = append(slices.Clone(p.Approvals), Need{Class: "any", Min: urgently, From: p.deciders()})
	return p
}

// deciders names the groups and people of class policy.
func (p Policy) deciders() (from []string) {
	for _, n := range p.Approvals {
		if n.Class == "policy" {
			from = append(from, n.From...)
		}
	}
	return from
}

// urgency tells what speaks against calling it an emergency.
func urgency(c court) []string {
	switch reason := c.Emergency; {
	case reason == "":
		return nil
	case strings.TrimSpace(reason) == "" || len(reason) > longestReason || strings.ContainsFunc(reason, func(r rune) bool { return !unicode.IsPrint(r) }):
		return []string{fmt.Sprintf("an emergency has a reason of one line, %d bytes at most", longestReason)}
	}
	people := c.members(c.deciders())
	return when(len(people) < urgently, "%d of class policy must sign in an emergency, and policy names %d", urgently, len(people))
}
