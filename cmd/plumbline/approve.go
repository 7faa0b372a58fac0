package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"plumbline/internal/gate/signed"
	"plumbline/internal/repo"
)

func approveVerb(e *env) *cobra.Command {
	var key, as, head string
	var reject, baseline bool
	var days int
	c := &cobra.Command{
		Use:   "approve PLAN | approve --baseline",
		Short: "Sign that you reviewed a plan (or, with --baseline, what the devices hold before the first push)",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if baseline == (len(args) == 1) {
				return errors.New("name one plan, or give --baseline")
			}
			r, k, err := e.signing(key)
			if err != nil {
				return err
			}
			branch, err := e.branch(r)
			if err != nil {
				return err
			}
			until := e.now().Add(time.Duration(days) * 24 * time.Hour)
			if baseline {
				s, err := signed.SayBaseline(r, k, as, branch, e.now(), until)
				if err != nil {
					return err
				}
				fmt.Fprintf(e.out, "baseline of %s signed: the network stands at commit %.12s\n", s.Principal, s.Head)
				return nil
			}
			digest, err := e.digestOf(args[0])
			if err != nil {
				return err
			}
			verdict := signed.Approve
			if reject {
				verdict = signed.Reject
			}
			s, err := signed.Say(r, signed.Request{Key: k, Principal: as, Branch: branch, Plan: digest, Head: head, Verdict: verdict, NotAfter: until, Now: e.now()})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(e.out, "%s of %s signed: plan %.12s, head %.12s, until %s\nnext: merge, then plumbline push --plan %s\n",
				s.Verdict, s.Principal, s.Plan, s.Head, s.NotAfter.Format(time.DateOnly), s.Plan)
			return err
		},
	}
	c.Flags().StringVar(&key, "key", "", "your OpenSSH private key")
	c.Flags().StringVar(&as, "as", "", "your name in .plumbline/allowed_signers, where the key has several")
	c.Flags().StringVar(&head, "head", "HEAD", "the commit that you reviewed")
	c.Flags().BoolVar(&reject, "reject", false, "sign that the plan must not be pushed")
	c.Flags().BoolVar(&baseline, "baseline", false, "sign the starting point of the first push")
	c.Flags().IntVar(&days, "days", 7, "how long the statement stands, at most 14 days")
	return c
}

// signing opens the repository and reads the key that a person signs with.
func (e *env) signing(file string) (*repo.Repo, signed.Key, error) {
	if file == "" {
		return nil, signed.Key{}, errors.New("no key to sign with: name one with --key")
	}
	r, err := repo.Open(e.dir)
	if err != nil {
		return nil, signed.Key{}, err
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, signed.Key{}, fmt.Errorf("the key %s cannot be read: %w", file, errors.Unwrap(err))
	}
	k, err := signed.ParseKey(pem)
	return r, k, err
}
