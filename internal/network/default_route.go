package network

import "strings"

// DefaultMoves tells whether a change of facts may take a default route away: something goes that told
// routes, a session gets other policies, or what changes names that prefix. Of a device that nothing is
// known of, it may.
func DefaultMoves(was, is *Device) bool {
	if was == nil || is == nil || Moved(was, is).Gone {
		return true
	}
	for _, c := range Diff(&Network{[]*Device{routing(was, is)}}, &Network{[]*Device{routing(is, is)}}) {
		for _, field := range []string{".SendDefault", ".Import", ".Export"} {
			if strings.HasSuffix(c.Fact, field) {
				return true
			}
		}
		for _, text := range []string{c.Fact, c.Was, c.Is} {
			if strings.Contains(text, "0.0.0.0/0") || strings.Contains(text, "::/0") {
				return true
			}
		}
	}
	return false
}
