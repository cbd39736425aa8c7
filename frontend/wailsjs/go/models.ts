export namespace app {
	
	export interface DemoMessage {
	    phone: string;
	    purpose: string;
	    code: string;
	}
	export interface DemoSignIn {
	    userKind: string;
	    phone: string;
	    name: string;
	    documentType: string;
	    documentNumber: string;
	    nickname: string;
	    password: string;
	    plateNumber: string;
	    plateColor: number;
	}
	export interface HallChoice {
	    demo: boolean;
	    url: string;
	    starting: boolean;
	    progress: number;
	    errorCode: string;
	    signIns: DemoSignIn[];
	}
	export interface LockState {
	    locked: boolean;
	    passphraseSet: boolean;
	    keychain: boolean;
	    retryAfterSeconds: number;
	    idleMinutes: number;
	}

}

export namespace auth {
	
	export interface Account {
	    id: string;
	    name: string;
	    phoneMasked: string;
	}
	export interface AuditEntry {
	    at: string;
	    event: string;
	    detail: string;
	}
	export interface Captcha {
	    id: string;
	    image: string;
	    validSeconds: number;
	}
	export interface CodeSent {
	    resendAfterSeconds: number;
	    validSeconds: number;
	}
	export interface PasswordReset {
	    userKind: string;
	    nickname: string;
	    name: string;
	    documentType: string;
	    documentNumber: string;
	    captchaId: string;
	    captcha: string;
	}
	export interface PlateProof {
	    userKind: string;
	    plateNumber: string;
	    plateColor: number;
	    name: string;
	    documentType: string;
	    documentNumber: string;
	    captchaId: string;
	    captcha: string;
	}
	export interface RecoveredLogin {
	    nickname: string;
	    cards: string[];
	}
	export interface RecoveredPhone {
	    phoneMasked: string;
	}
	export interface State {
	    stage: string;
	    hallUrl: string;
	    userKind: string;
	    phoneMasked: string;
	    nickname: string;
	    accounts: Account[];
	    account: Account;
	    expired: boolean;
	}

}

export namespace bills {
	
	export interface Filter {
	    plate: string;
	    scene: string;
	    by: string;
	    from: string;
	    to: string;
	    vehicleId: number;
	    cardId: number;
	}
	export interface Totals {
	    rows: number;
	    sumFen: number;
	    provisionalRows: number;
	    provisionalSumFen: number;
	}
	export interface LineRow {
	    id: number;
	    vehicleId: number;
	    cardId: number;
	    plate: string;
	    passedAt: string;
	    postedOn: string;
	    card: string;
	    entryStation: string;
	    exitStation: string;
	    place: string;
	    scene: string;
	    amountFen: number;
	    provisional: boolean;
	}
	export interface LinePage {
	    rows: LineRow[];
	    totals: Totals;
	}
	
	export interface Query {
	    filter: Filter;
	    sort: string;
	    descending: boolean;
	}
	export interface Selection {
	    first: number;
	    last: number;
	    columns: string[];
	    header: boolean;
	}
	export interface SelectionSum {
	    rows: number;
	    sumFen: number;
	}
	export interface Shown {
	    at: string;
	    event: string;
	    card: string;
	}
	export interface Span {
	    first: string;
	    last: string;
	    lastFinal: string;
	}
	export interface StatisticsRow {
	    vehicleId: number;
	    cardId: number;
	    plate: string;
	    period: string;
	    from: string;
	    to: string;
	    card: string;
	    lines: number;
	    amountFen: number;
	    provisional: boolean;
	}
	export interface StatisticsPage {
	    rows: StatisticsRow[];
	    totals: Totals;
	}
	

}

export namespace job {
	
	export interface Job {
	    id: number;
	    kind: string;
	    format: string;
	    summary: string;
	    state: string;
	    done: number;
	    rows: number;
	    startedAt: string;
	    finishedAt: string;
	    expiresOn: string;
	    files: string[];
	    bytes: number;
	    errorCode: string;
	}
	export interface Page {
	    rows: Job[];
	    total: number;
	}

}

export namespace syncer {
	
	export interface MonthProof {
	    month: string;
	    rows: number;
	    billLines: number;
	    amountFen: number;
	    digest: string;
	    proven: boolean;
	    hallRows: number;
	    hallDigest: string;
	}
	export interface Proof {
	    asOf: string;
	    months: MonthProof[];
	    proven: boolean;
	    unproven: string[];
	}
	export interface Status {
	    phase: string;
	    done: number;
	    total: number;
	    changes: number;
	    lastSyncedAt: string;
	    minutesAgo: number;
	    errorCode: string;
	    proven: boolean;
	    revision: number;
	}

}

