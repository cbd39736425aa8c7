package hall_test

import (
	"strings"
	"testing"
)

// isOnPostgres: newWorld makes the worlds of these tests on PostgreSQL.
func isOnPostgres(t *testing.T) bool { return strings.Contains(t.Name(), "OnPostgres") }

// The stories whose end hangs on the database, told once more on PostgreSQL. Those that are left out are about texts, pictures and messages,
// or about the files of SQLite.
func TestStoriesOnPostgres(t *testing.T) {
	for name, story := range map[string]func(*testing.T){
		"contract":                      TestRecordsAreAsTheContractSays,
		"feed law":                      TestFeedLaw,
		"all or nothing":                TestApplyIsAllOrNothing,
		"pages of records":              TestRecordsComeInPages,
		"load":                          TestLoadLeavesWhatApplyWould,
		"documents of an invoice":       TestDocumentsFollowTheirInvoice,
		"put documents":                 TestATrueHallServesWhatWasPutThere,
		"notified again":                TestAPaidRechargeReachesTheAccountOnceHoweverOftenItIsNotified,
		"one order a key":               TestAnOrderIsThereOnceForItsKeyAndIsToldAsItIsNow,
		"recharge of a card":            TestARechargeOfACardGoesStraightToIt,
		"lost notification":             TestAPaymentWhoseNotificationIsLostIsFound,
		"forged notification":           TestAForgedNotificationAndAnotherAmountCreditNothing,
		"order given up":                TestAnOrderThatIsGivenUpCannotBePaidAnyMore,
		"refused by the issuing system": TestWhatTheIssuingSystemRefusesIsTriedAgainAndThenGivenBack,
		"orders outlive the hall":       TestOrdersOutliveTheHall,
		"allocation":                    TestAnAllocationIsDoneWholeOrNotAtAll,
		"load of a card":                TestALoadMovesWhatWaitsToTheBalance,
		"correction":                    TestAnOperatorsChangeOfABalanceIsPosted,
		"refusals":                      TestEveryRefusalIsAProblem,
		"secrets":                       TestSecretsAreNotInTheDatabase,
		"old portal":                    TestANicknameOfTheOldPortalIsBoundByACode,
		"wrong passwords":               TestWrongPasswordsAreAlikeAndLockTheNicknameAlone,
		"captcha":                       TestACaptchaIsGoodForOneTryAndThreeMinutes,
		"parking":                       TestABatchOfParkingAuthorisationsHasAResultForEachVehicle,
		"lost answer":                   TestALostAnswerToACommandIsGivenAgainAndNothingIsDoneTwice,
		"key of one command":            TestAKeyIsGoodForOneCommandOfOneAccount,
		"kept answers":                  TestAnswersAreKeptForThirtyDays,
		"concurrent batches":            TestConcurrentBatchesChangeEachVehicleOnce,
		"found nickname":                TestANicknameIsShownAfterTheCodeAlone,
		"reset password":                TestAForgottenPasswordIsResetAndAllSessionsEnd,
		"changed phone":                 TestAChangedPhoneOpensAndTheOldOneNoMore,
		"first sign-in":                 TestFirstSignInBindsThenChooses,
		"refused code":                  TestCodeIsRefused,
		"five wrong codes":              TestFiveWrongCodesLockForAQuarterOfAnHour,
		"limits of proofs":              TestVerificationFailsAlikeAndFiveTimesADay,
		"renewed tokens":                TestATokenLivesAQuarterOfAnHourAndIsRenewed,
		"stolen token":                  TestAStolenRefreshTokenEndsTheSession,
		"forgiven token":                TestALostAnswerToARefreshIsForgivenOnce,
		"sign out everywhere":           TestSigningOutEverywhereEndsEverySession,
	} {
		t.Run(name, story)
	}
}
