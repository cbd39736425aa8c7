package hall

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// accountOfPlate finds the valid account that a valid vehicle belongs to; the zero account when there is none.
func accountOfPlate(ctx context.Context, q querier, number string, color int) (Account, error) {
	accounts, err := selectAccounts(ctx, q, `WHERE lapsed = 0 AND id IN (
		SELECT feed.account_id FROM feed JOIN record ON record.account_id = feed.account_id AND record.kind = 'vehicle' AND record.id = feed.id
			AND record.seq = feed.seq
		WHERE feed.kind = 'vehicle' AND feed.op = 1 AND json_extract(feed.body, '$.plateNumber') = ?
			AND json_extract(feed.body, '$.plateColor') = ? AND json_extract(feed.body, '$.status') = ?) ORDER BY id LIMIT 1`,
		plate.Normalize(number), color, record.VehicleValid)
	if err != nil || len(accounts) == 0 {
		return Account{}, err
	}
	return accounts[0], nil
}

// VehicleOf finds a valid vehicle of a phone's accounts, for who shows what a sample holds.
func (s *Store) VehicleOf(ctx context.Context, kind hallapi.UserKind, phone string) (vehicle record.Vehicle, found bool, err error) {
	var body []byte
	err = s.readers.QueryRowContext(ctx, `SELECT body FROM record JOIN feed ON feed.account_id = record.account_id AND feed.seq = record.seq
		WHERE record.account_id IN (SELECT id FROM account WHERE user_kind = ? AND phone = ?) AND record.kind = 'vehicle'
			AND json_extract(body, '$.status') = ? ORDER BY record.account_id, record.id LIMIT 1`, kind, phone, record.VehicleValid).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return vehicle, false, nil
	}
	if err != nil {
		return vehicle, false, fmt.Errorf("find a vehicle: %w", err)
	}
	return vehicle, true, json.Unmarshal(body, &vehicle)
}

// recoverNickname begins 找回昵称: nothing is shown before the code (SPEC 1.2), and the answer tells nothing.
func (s *signIns) recoverNickname(ctx context.Context, request hallapi.NicknameRecovery) error {
	if !isPhone(request.Phone) || request.PlateNumber == "" || len(request.PlateNumber) > 40 {
		return fault.New(fault.BadInput, "the nickname is found by a plate and a phone of 11 digits")
	}
	if err := s.takeCaptcha(ctx, request.CaptchaId, request.Captcha); err != nil {
		return err
	}
	target := codeTarget{purpose: forNickname, key: request.Phone}
	return s.sendCode(ctx, request.Phone, target, func(tx *transaction) (int64, error) {
		account, err := accountOfPlate(ctx, tx, request.PlateNumber, request.PlateColor)
		if err != nil {
			return 0, err
		}
		who, err := nicknameOf(ctx, tx, account.ID)
		if err != nil || who.id == 0 || account.Phone != request.Phone {
			return 0, err
		}
		return int64(account.ID), nil
	})
}

// nicknameOf finds the nickname that is bound to an account, here or on the old portal; the zero login when there is none.
func nicknameOf(ctx context.Context, q querier, account AccountID) (login, error) {
	var who login
	err := q.QueryRowContext(ctx, `SELECT id, user_kind, phone, nickname FROM login WHERE nickname <> '' AND id IN (
		SELECT login_id FROM login_account WHERE account_id = ?1 UNION SELECT login_id FROM portal_binding WHERE account_id = ?1) ORDER BY id LIMIT 1`, account).
		Scan(&who.id, &who.userKind, &who.phone, &who.nickname)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return who, fmt.Errorf("find the nickname: %w", err)
	}
	return who, nil
}

// confirmNickname shows the nickname and the account's cards for the code.
func (s *signIns) confirmNickname(ctx context.Context, request hallapi.RecoveryCode) (shown hallapi.RecoveredLogin, err error) {
	if !isPhone(request.Phone) || !isCode(request.Code) {
		return shown, fault.New(fault.BadInput, "the nickname is shown for a phone of 11 digits and a code of 6")
	}
	err = s.redeem(ctx, codeTarget{purpose: forNickname, key: request.Phone}, request.Code, func(tx *transaction, about int64) error {
		who, err := nicknameOf(ctx, tx, AccountID(about))
		if err != nil {
			return err
		}
		shown.Nickname = who.nickname
		if shown.Cards, err = cardsOf(ctx, tx, AccountID(about)); err != nil {
			return err
		}
		return note(ctx, tx, who.id, s.now(), eventNicknameRecovered, mask.Phone(request.Phone))
	})
	return shown, err
}

// cardsShown is the most cards that 找回昵称 lists: enough to know one's account by.
const cardsShown = 20

func cardsOf(ctx context.Context, tx *transaction, account AccountID) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT body FROM record JOIN feed ON feed.account_id = record.account_id AND feed.seq = record.seq
		WHERE record.account_id = ? AND record.kind = 'card' AND json_extract(body, '$.status') = ? ORDER BY record.id LIMIT ?`,
		account, record.StatusIssued, cardsShown)
	if err != nil {
		return nil, fmt.Errorf("read the cards: %w", err)
	}
	defer rows.Close()
	cards := []string{}
	for rows.Next() {
		var body []byte
		var card record.Card
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read the cards: %w", err)
		}
		if err := json.Unmarshal(body, &card); err != nil {
			return nil, fmt.Errorf("read the cards: %w", err)
		}
		cards = append(cards, mask.Card(card.Number))
	}
	return cards, rows.Err()
}

func (s *signIns) resetTarget(proof hallapi.ResetProof) codeTarget {
	return codeTarget{purpose: forPasswordReset, key: string(proof.UserKind) + "|" + foldNickname(proof.Nickname)}
}

func holderProof(name, documentType, documentNumber string) hallapi.HolderProof {
	return hallapi.HolderProof{Name: name, DocumentType: documentType, DocumentNumber: documentNumber}
}

// findReset gives the nickname that a proof of 忘记密码 is right for; the zero value for a wrong one.
func findReset(ctx context.Context, q querier, proof hallapi.ResetProof) (knownNickname, error) {
	known, err := findNickname(ctx, q, proof.UserKind, proof.Nickname)
	if err != nil || !proves(holderProof(proof.Name, proof.DocumentType, proof.DocumentNumber), known.holder) {
		return knownNickname{}, err
	}
	return known, nil
}

// requestReset begins 忘记密码. Its limits are those of the nickname, there or not; that of the phone behind it, which only a known
// nickname has, works in silence.
func (s *signIns) requestReset(ctx context.Context, request hallapi.PasswordResetRequest) error {
	proof := request.Proof
	if err := checkReset(proof); err != nil {
		return err
	}
	if err := s.takeCaptcha(ctx, request.CaptchaId, request.Captcha); err != nil {
		return err
	}
	code, err := randomCode()
	if err != nil {
		return err
	}
	var known knownNickname
	err = s.store.inTx(ctx, func(tx *transaction) error {
		if err := s.spendFrom(ctx, tx, actionSendFrom); err != nil {
			return err
		}
		if err := spend(ctx, tx, actionReset, s.nicknameSubject(proof.UserKind, proof.Nickname), s.now()); err != nil {
			return err
		}
		if known, err = findReset(ctx, tx, proof); err != nil {
			return err
		}
		err := spend(ctx, tx, actionSendCode, s.digest("phone", known.login.phone), s.now())
		if fault.CodeOf(err) == fault.TooManyRequests {
			known, err = knownNickname{}, nil
		}
		if err != nil {
			return err
		}
		return s.putCode(ctx, tx, s.resetTarget(proof), code, known.login.id)
	})
	if err != nil || known.login.id == 0 {
		return err
	}
	return s.handOver(ctx, SMS{Phone: known.login.phone, Purpose: forPasswordReset, Code: code})
}

func checkReset(proof hallapi.ResetProof) error {
	if !proof.UserKind.Valid() || foldNickname(proof.Nickname) == "" || tooLong(proof.Name, proof.DocumentType, proof.DocumentNumber) {
		return fault.New(fault.BadInput, "a reset needs a user kind, a nickname, and the holder's name and document")
	}
	return nil
}

func tooLong(name, documentType, documentNumber string) bool {
	return len([]rune(name)) > 200 || len(documentType) > 40 || len(documentNumber) > 40
}

// resetPassword sets a new password by the code. It ends all sessions and signs nobody in.
func (s *signIns) resetPassword(ctx context.Context, reset hallapi.PasswordReset) error {
	proof := reset.Proof
	if err := checkReset(proof); err != nil {
		return err
	}
	if !isCode(reset.Code) {
		return fault.New(fault.BadInput, "a code has 6 digits")
	}
	// A weak password is refused before the code is used up, so that the next try needs no other code.
	known, err := findReset(ctx, s.store.readers, proof)
	if err != nil {
		return err
	}
	if err := checkNewPassword(reset.NewPassword, foldNickname(proof.Nickname), ""); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, reset.NewPassword)
	if err != nil {
		return err
	}
	return s.redeem(ctx, s.resetTarget(proof), reset.Code, func(tx *transaction, about int64) error {
		if known.login.id != about {
			return fault.New(fault.CodeRejected, "the code was sent for another proof")
		}
		if err := checkNewPassword(reset.NewPassword, known.login.nickname, known.login.phone); err != nil {
			return err
		}
		if err := forgetWrong(ctx, tx, s.nicknameSubject(proof.UserKind, proof.Nickname)); err != nil {
			return err
		}
		return s.putPassword(ctx, tx, about, hash, eventPasswordReset, 0)
	})
}

// checkPlateProof refuses what is no proof, and takes its captcha.
func checkPlateProof(proof hallapi.VehicleProof) error {
	if !proof.UserKind.Valid() || proof.PlateNumber == "" || len(proof.PlateNumber) > 40 || tooLong(proof.Name, proof.DocumentType, proof.DocumentNumber) {
		return fault.New(fault.BadInput, "the proof needs a user kind, a plate, and the holder's name and document")
	}
	return nil
}

// findHolder gives the account that a plate's proof is right for; the zero account for a wrong one.
func findHolder(ctx context.Context, q querier, proof hallapi.VehicleProof) (Account, error) {
	account, err := accountOfPlate(ctx, q, proof.PlateNumber, proof.PlateColor)
	if err != nil || !proves(holderProof(proof.Name, proof.DocumentType, proof.DocumentNumber), account) || account.UserKind != proof.UserKind {
		return Account{}, err
	}
	return account, nil
}

// plateSubject: proofs are limited a plate, there or not.
func (s *signIns) plateSubject(proof hallapi.VehicleProof) []byte {
	return s.digest("plate", plate.Normalize(proof.PlateNumber), strconv.Itoa(proof.PlateColor))
}

// recoverPhone is 忘记手机号: the reserved phone, masked; fault.RecoveryFailed whatever does not match.
func (s *signIns) recoverPhone(ctx context.Context, request hallapi.PlateProof) (shown hallapi.RecoveredPhone, err error) {
	if err := checkPlateProof(request.Proof); err != nil {
		return shown, err
	}
	if err := s.takeCaptcha(ctx, request.CaptchaId, request.Captcha); err != nil {
		return shown, err
	}
	var account Account
	err = s.store.inTx(ctx, func(tx *transaction) error {
		if err := spend(ctx, tx, actionProof, s.plateSubject(request.Proof), s.now()); err != nil {
			return err
		}
		if account, err = findHolder(ctx, tx, request.Proof); err != nil {
			return err
		}
		return s.noteForPhone(ctx, tx, account, eventPhoneRecovered, mask.Phone(account.Phone))
	})
	if err == nil && account.ID == 0 {
		err = fault.New(fault.RecoveryFailed, "plate, name and document do not match")
	}
	return hallapi.RecoveredPhone{PhoneMasked: mask.Phone(account.Phone)}, err
}

// noteForPhone notes an event of the logins by an account's phone.
func (s *signIns) noteForPhone(ctx context.Context, tx *transaction, account Account, event, detail string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit (login_id, at, event, detail) SELECT id, ?, ?, ? FROM login WHERE user_kind = ? AND phone = ?`,
		s.now().Unix(), event, detail, account.UserKind, account.Phone)
	if err != nil {
		return fmt.Errorf("note %s: %w", event, err)
	}
	return nil
}

func (s *signIns) phoneTarget(proof hallapi.VehicleProof, newPhone string) codeTarget {
	return codeTarget{purpose: forChangeOfPhone, key: fmt.Sprintf("%x|%s", s.plateSubject(proof), newPhone)}
}

// requestPhoneChange begins 更改手机号: a code goes to the new phone if the proof is right; the answer is the same if not.
func (s *signIns) requestPhoneChange(ctx context.Context, request hallapi.PhoneChangeRequest) error {
	if err := checkPlateProof(request.Proof); err != nil {
		return err
	}
	if !isPhone(request.NewPhone) {
		return fault.New(fault.BadInput, "a phone has 11 digits")
	}
	if err := s.takeCaptcha(ctx, request.CaptchaId, request.Captcha); err != nil {
		return err
	}
	return s.sendCode(ctx, request.NewPhone, s.phoneTarget(request.Proof, request.NewPhone), func(tx *transaction) (int64, error) {
		if err := spend(ctx, tx, actionProof, s.plateSubject(request.Proof), s.now()); err != nil {
			return 0, err
		}
		account, err := findHolder(ctx, tx, request.Proof)
		return int64(account.ID), err
	})
}

// changePhone reserves the new phone by the code, with all accounts of the holder that the old phone was reserved with.
func (s *signIns) changePhone(ctx context.Context, request hallapi.PhoneChange) error {
	if err := checkPlateProof(request.Proof); err != nil {
		return err
	}
	if !isPhone(request.NewPhone) || !isCode(request.Code) {
		return fault.New(fault.BadInput, "a phone has 11 digits and a code 6")
	}
	return s.redeem(ctx, s.phoneTarget(request.Proof, request.NewPhone), request.Code, func(tx *transaction, about int64) error {
		account, err := findHolder(ctx, tx, request.Proof)
		if err != nil {
			return err
		}
		if int64(account.ID) != about {
			return fault.New(fault.CodeRejected, "the code was sent for another proof")
		}
		if err := s.noteForPhone(ctx, tx, account, eventPhoneChanged, mask.Phone(request.NewPhone)); err != nil {
			return err
		}
		return movePhone(ctx, tx, account.ID, request.NewPhone)
	})
}

// movePhone: whoever keeps the old phone must not stay in the holder's accounts, neither by a session nor by a binding; nicknames that
// the old portal registered with it move to the new one, else their codes would still go to the old.
func movePhone(ctx context.Context, tx *transaction, id AccountID, newPhone string) error {
	accounts, err := selectAccounts(ctx, tx, `WHERE id = ?`+forUpdate, id) // as it is now: another move may have come first
	if err != nil {
		return err
	}
	account := accounts[0]
	const holders = `SELECT id FROM account WHERE user_kind = ?1 AND phone = ?2 AND name = ?3 AND document_type = ?4 AND document_number = ?5`
	for _, statement := range []string{
		holders + forUpdate, // a binding that is being made is committed before, and deleted here, or finds another phone
		`DELETE FROM session WHERE login_id IN (SELECT id FROM login WHERE user_kind = ?1 AND phone = ?2)`,
		`DELETE FROM login_account WHERE account_id IN (` + holders + `) AND login_id IN (SELECT id FROM login WHERE user_kind = ?1 AND phone = ?2 AND nickname = '')`,
		`UPDATE login SET phone = ?6 WHERE user_kind = ?1 AND phone = ?2 AND nickname <> '' AND id IN (
			SELECT login_id FROM portal_user WHERE name = ?3 AND document_type = ?4 AND document_number = ?5)`,
		`UPDATE account SET phone = ?6 WHERE id IN (` + holders + `)`,
	} {
		_, err := tx.ExecContext(ctx, statement, account.UserKind, account.Phone, account.Name, account.DocumentType, account.DocumentNumber, newPhone)
		if err != nil {
			return fmt.Errorf("move the phone: %w", err)
		}
	}
	return nil
}
