package sim

import (
	"encoding/xml"
	"slices"
	"strings"
)

// request is what a client may ask for that changes something, as the Junos XML management
// protocol and RFC 6241 write it.
type request struct {
	XMLName   xml.Name
	Action    string    `xml:"action,attr"`
	Rollback  string    `xml:"rollback,attr"`
	Compare   string    `xml:"compare,attr"`
	Lines     *string   `xml:"configuration-set"`
	Check     *struct{} `xml:"check"`
	Confirmed *struct{} `xml:"confirmed"`
	Minutes   string    `xml:"confirm-timeout"`
	Log       string    `xml:"log"`
	Candidate *struct{} `xml:"target>candidate"`
}

// edit carries such a request out, in the words of the command line of the platform: candidate,
// lock, clock and log of commits are one, whichever way in is taken.
func (c *caller) edit(body string) (answer string, known bool, err error) {
	var q request
	m, is := c.b.manner.(*exclusive)
	if !is || xml.Unmarshal([]byte(body), &q) != nil {
		return "", false, nil
	}
	s := &c.shell
	say := func(line, good string) string {
		out, _ := m.config(s, line)
		if strings.Contains(out, "error:") {
			return refusal("operation-failed", out)
		}
		return good
	}
	switch name := q.XMLName.Local; {
	case name == "get-configuration" && q.Compare == "rollback" && q.Rollback == "0":
		return "<configuration-information><configuration-output>\n" + escaped(m.staged(s)) + "</configuration-output></configuration-information>", true, nil
	case !slices.Contains([]string{"lock", "unlock", "load-configuration", "commit-configuration", "discard-changes"}, name):
		return "", false, nil
	case s.user != WriteUser:
		return refusal("access-denied", "permission denied"), true, nil
	case name == "lock" && q.Candidate != nil:
		out, _ := m.exec(s, "configure exclusive")
		if strings.Contains(out, "error:") {
			return refusal("lock-denied", out), true, nil
		}
		return "<ok/>", true, nil
	case !s.config: // this device has no candidate without its lock
		return refusal("operation-failed", "configuration database is not locked"), true, nil
	case name == "unlock" && q.Candidate != nil:
		return say("exit configuration-mode", "<ok/>"), true, nil
	case name == "discard-changes":
		return say("rollback 0", "<ok/>"), true, nil
	case name == "load-configuration" && q.Rollback != "":
		return say("rollback "+q.Rollback, loaded("<ok/>")), true, nil
	case name == "load-configuration" && q.Action == "set" && q.Lines != nil:
		answer, err := c.load(*q.Lines)
		return answer, true, err
	case name == "commit-configuration":
		answer := "<commit-success/>"
		if q.Check != nil {
			answer = "<commit-check-success/>"
		}
		return say(q.commit(), "<commit-results>\n<routing-engine>\n<name>re0</name>\n"+answer+"\n</routing-engine>\n</commit-results>"), true, nil
	}
	return refusal("operation-not-supported", "syntax error"), true, nil
}

// commit is the line of the command line that does the same.
func (q request) commit() string {
	line := "commit"
	switch {
	case q.Check != nil:
		return "commit check"
	case q.Confirmed != nil:
		line += " confirmed " + q.Minutes
	}
	if q.Log != "" {
		line += ` comment "` + q.Log + `"`
	}
	return line
}

// load stages lines until one is refused. What stands before it stays in the candidate.
func (c *caller) load(lines string) (string, error) {
	for l := range strings.Lines(lines) {
		l = strings.TrimSpace(l)
		word, _, _ := strings.Cut(l, " ")
		switch {
		case l == "":
			continue
		case slices.Contains([]string{"commit", "rollback", "show", "exit"}, word):
			return loaded(refusal("operation-failed", "syntax error: "+word)), nil
		}
		if f := c.b.faults.takes("warns", in(l)); f != nil {
			return loaded(`<rpc-error><error-severity>warning</error-severity><error-message>statement not found: ` + escaped(l) + `</error-message></rpc-error><ok/>`), nil
		}
		out, err := c.configure(l)
		if err != nil {
			return "", err
		}
		if out != "" {
			return loaded(strings.Replace(refusal("operation-failed", out), "</rpc-error>", "<error-info><bad-element>"+escaped(word)+"</bad-element></error-info></rpc-error>", 1)), nil
		}
	}
	return loaded("<ok/>"), nil
}

func loaded(answer string) string {
	return "<load-configuration-results>\n" + answer + "\n</load-configuration-results>"
}

func refusal(tag, text string) string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "error: ", ""))
	return "<rpc-error><error-type>protocol</error-type><error-tag>" + tag + "</error-tag><error-severity>error</error-severity><error-message>" + escaped(text) + "</error-message></rpc-error>"
}

// capable is what a device says of itself, without what the faults leave out.
func (b *Box) capable() (out string) {
	if _, is := b.manner.(*exclusive); !is {
		return ""
	}
	less := b.fault("poor")
	for _, c := range []string{"candidate:1.0", "confirmed-commit:1.0", "validate:1.0"} {
		if less == nil || !strings.HasPrefix(c, less.Text+":") {
			out += "<capability>urn:ietf:params:netconf:capability:" + c + "</capability>"
		}
	}
	return out + "<capability>http://xml.juniper.net/netconf/junos/1.0</capability>"
}

// leave is the end of a session: what it staged, its lock and its trial go with it (RFC 6241,
// 8.3.5.2 and 8.4.1).
func (c *caller) leave() {
	b := c.b
	b.mu.Lock()
	if b.window != nil && b.window.owner == &c.shell && b.faults.has("lasting") == nil && !b.closed {
		b.log.add("device", "*", "fired "+b.window.tag)
		b.closeWindow(true)
		b.count.Fires++
	}
	b.unlock()
	c.over()
}
