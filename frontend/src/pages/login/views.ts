/** What the login card shows at its first step. */
export type View = 'signIn' | 'recoverNickname' | 'resetPassword' | 'recoverPhone' | 'changePhone'
