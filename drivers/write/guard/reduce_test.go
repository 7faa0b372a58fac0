package guard

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"plumbline/internal/lab"
)

// TestReduce holds the law: the script on the device and the runner reduce a text to the same
// bytes; what is always there and holds nothing says nothing, and an empty router does.
func TestReduce(t *testing.T) {
	lab.Need(t, "guard")
	script, err := os.ReadFile("guard.sh")
	if err != nil {
		t.Fatal(err)
	}
	body := regexp.MustCompile(`(?ms)^reduce\(\) \{.*?^\}`).Find(script)
	if body == nil {
		t.Fatal("the script has no reduce()")
	}
	for text, want := range map[string]string{
		"Building configuration...\r\n\r\nCurrent configuration:\r\n!\r\nfrr version 8.4.4\r\nhostname r1\r\nip route 192.0.2.0/24 Null0\r\n!\r\nend\r\n": "ip route 192.0.2.0/24 Null0\n",
		"interface eth1\nexit\n!\ninterface eth2\n ip address 192.0.2.1/32\nexit\n!\nbfd\nexit\n!\ninterface lo\nexit\nend\n":                             "interface eth2\n ip address 192.0.2.1/32\nexit\n",
		"router ospf\nexit\n!\nbfd\n profile a\n exit\nexit\nend\n":                                                                                       "router ospf\nexit\nbfd\n profile a\n exit\nexit\n",
		"interface eth1\nexit\nend\n":           "",
		"interface a\ninterface b\nexit\nend\n": "interface a\n",
		"end\n":                                 "",
		"ip route 192.0.2.0/24 Null0\nend\n":    "ip route 192.0.2.0/24 Null0\n",
	} {
		if got := string(Reduce([]byte(text))); got != want {
			t.Errorf("the runner reduces %q to %q, want %q", text, got, want)
		}
		c := exec.CommandContext(t.Context(), "sh", "-c", string(body)+"\nreduce")
		c.Stdin = bytes.NewReader([]byte(text))
		got, err := c.Output()
		if err != nil || string(got) != want {
			t.Errorf("the script reduces %q to %q (%v), want %q", text, got, err, want)
		}
	}
}
