export namespace app {
	
	export interface CacheState {
	    open: boolean;
	    step: number;
	    steps: number;
	    done: number;
	    total: number;
	}
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
	export interface DocumentUse {
	    documents: number;
	    invoices: number;
	    bytes: number;
	    oldestMonth: string;
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
	export interface Printer {
	    name: string;
	    isDefault: boolean;
	}
	export interface SavedEntry {
	    name: string;
	    body: string;
	    changedAt: string;
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
	    groupId: number;
	    ungrouped: string;
	    sumBy: string;
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
	export interface Shown {
	    at: string;
	    event: string;
	    label: string;
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
	    groupId: number;
	    group: string;
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

export namespace coverage {
	
	export interface Figure {
	    rows: number;
	    paidFen: number;
	    refundedFen: number;
	    invoicedFen: number;
	}
	export interface Filter {
	    from: string;
	    to: string;
	    plate: string;
	    groupId: number;
	    ungrouped: string;
	    state: string;
	}
	export interface InvoiceTotals {
	    rows: number;
	    amountFen: number;
	}
	export interface InvoiceRow {
	    id: number;
	    vehicleId: number;
	    plate: string;
	    number: string;
	    type: string;
	    payee: string;
	    issuedAt: string;
	    totalFen: number;
	    trips: number;
	    lacking: number;
	    amountFen: number;
	    reason: string;
	}
	export interface InvoicePage {
	    rows: InvoiceRow[];
	    totals: InvoiceTotals;
	}
	
	
	export interface MonthTotals {
	    rows: number;
	    whole: MonthRow;
	}
	export interface MonthRow {
	    month: string;
	    isFinal: boolean;
	    all: Figure;
	    done: Figure;
	    odd: Figure;
	    open: Figure;
	    states: Figure[];
	}
	export interface MonthPage {
	    rows: MonthRow[];
	    totals: MonthTotals;
	}
	
	
	export interface Query {
	    filter: Filter;
	    sort: string;
	    descending: boolean;
	}
	export interface State {
	    code: string;
	    name: string;
	    rule: string;
	}
	export interface TripTotals {
	    rows: number;
	    paidFen: number;
	    refundedFen: number;
	    invoicedFen: number;
	    differenceFen: number;
	}
	export interface TripRow {
	    id: number;
	    vehicleId: number;
	    plate: string;
	    passedAt: string;
	    entryStation: string;
	    exitStation: string;
	    place: string;
	    paidFen: number;
	    refundedFen: number;
	    invoicedFen: number;
	    differenceFen: number;
	    state: string;
	    stateName: string;
	    reason: string;
	    numbers: string;
	}
	export interface TripPage {
	    rows: TripRow[];
	    totals: TripTotals;
	}
	

}

export namespace deduction {
	
	export interface Filter {
	    from: string;
	    to: string;
	    dateBy: string;
	    plate: string;
	    number: string;
	    groupId: number;
	    ungrouped: string;
	    outcome: string;
	    marked: string;
	    odd: boolean;
	    groupBy: string;
	}
	export interface Choice {
	    filter: Filter;
	    all: boolean;
	    except: number[];
	    ids: number[];
	}
	
	export interface Refusal {
	    number: string;
	    reason: string;
	}
	export interface Marked {
	    invoices: number;
	    changed: number;
	    refused: Refusal[];
	    refusals: number;
	}
	export interface Marking {
	    month: string;
	    purpose: string;
	}
	export interface Sum {
	    rows: number;
	    netFen: number;
	    taxFen: number;
	    totalFen: number;
	}
	export interface Totals {
	    rows: number;
	    all: Sum;
	    deductible: Sum;
	    excluded: Sum;
	    marked: Sum;
	    odd: number;
	}
	export interface Row {
	    id: number;
	    vehicleId: number;
	    month: string;
	    number: string;
	    type: string;
	    issuedOn: string;
	    payee: string;
	    plate: string;
	    passedFrom: string;
	    passedTo: string;
	    netFen: number;
	    taxRate: number;
	    taxFen: number;
	    totalFen: number;
	    isDeductible: boolean;
	    reason: string;
	    source: string;
	    purpose: string;
	    mark: string;
	    markedFor: string;
	    group: string;
	    trips: number;
	    warning: string;
	}
	export interface Page {
	    rows: Row[];
	    totals: Totals;
	}
	export interface Purpose {
	    code: string;
	    name: string;
	    deductible: boolean;
	    reason: string;
	    source: string;
	}
	export interface Query {
	    filter: Filter;
	    sort: string;
	    descending: boolean;
	}
	
	
	export interface Rule {
	    rate: number;
	    type: string;
	    validFrom: string;
	    validTo: string;
	    deductible: boolean;
	    name: string;
	    reason: string;
	    source: string;
	}
	export interface Rules {
	    rules: Rule[];
	    unknown: Rule;
	    double: Rule;
	    purposes: Purpose[];
	    notes: string[];
	}
	
	export interface SumTotals {
	    rows: number;
	    whole: SumRow;
	}
	export interface SumRow {
	    label: string;
	    all: Sum;
	    deductible: Sum;
	    marked: Sum;
	}
	export interface SumPage {
	    rows: SumRow[];
	    totals: SumTotals;
	}
	export interface SumQuery {
	    filter: Filter;
	    by: string;
	    sort: string;
	    descending: boolean;
	}
	
	

}

export namespace fleet {
	
	export interface AlertRow {
	    id: number;
	    kind: string;
	    vehicleId: number;
	    cardId: number;
	    plate: string;
	    card: string;
	    at: string;
	    foundAt: string;
	    reason: string;
	    balanceFen: number;
	    over: boolean;
	    acknowledgedAt: string;
	    team: string;
	    project: string;
	    customer: string;
	}
	export interface AlertPage {
	    rows: AlertRow[];
	    total: number;
	}
	
	export interface AlertSettings {
	    lowBalanceFen: number;
	    notify: boolean;
	}
	export interface AlertSummary {
	    open: number;
	    urgent: number;
	    fresh: number;
	    dueSoon: number;
	}
	export interface Filter {
	    search: string;
	    plate: string;
	    card: string;
	    tag: string;
	    cardType: string;
	    cardStatus: string;
	    tagStatus: string;
	    vehicleStatus: string;
	    listed: string;
	    authorized: string;
	    groupId: number;
	    ungrouped: string;
	    withinDays: number;
	    alerts: string;
	    batchId: number;
	    outcome: string;
	}
	export interface Query {
	    filter: Filter;
	    sort: string;
	    descending: boolean;
	}
	export interface Target {
	    ids: number[];
	    all: boolean;
	    list: string;
	    query: Query;
	    except: number[];
	}
	export interface Assignment {
	    kind: string;
	    groupId: number;
	    from: string;
	    to: string;
	    target: Target;
	}
	export interface AssignmentResult {
	    assigned: number;
	    moved: number;
	}
	export interface Batch {
	    id: number;
	    authorized: boolean;
	    state: string;
	    errorCode: string;
	    total: number;
	    done: number;
	    unchanged: number;
	    refused: number;
	    pending: number;
	    startedAt: string;
	    finishedAt: string;
	}
	export interface BatchRow {
	    vehicleId: number;
	    plate: string;
	    outcome: string;
	    reason: string;
	    team: string;
	    project: string;
	    customer: string;
	}
	export interface BatchPage {
	    rows: BatchRow[];
	    total: number;
	}
	
	export interface SigningRow {
	    cardId: number;
	    card: string;
	    channel: string;
	    number: string;
	    signedOn: string;
	    status: string;
	}
	export interface CardDetail {
	    cardId: number;
	    vehicleId: number;
	    plate: string;
	    type: string;
	    card: string;
	    cardStatus: string;
	    listed: boolean;
	    issuedOn: string;
	    updatedOn: string;
	    channel: string;
	    team: string;
	    project: string;
	    customer: string;
	    plateNumber: string;
	    plateColor: string;
	    signing: SigningRow;
	    statusEntryCount: number;
	}
	export interface CardRow {
	    cardId: number;
	    vehicleId: number;
	    plate: string;
	    type: string;
	    card: string;
	    cardStatus: string;
	    listed: boolean;
	    issuedOn: string;
	    updatedOn: string;
	    channel: string;
	    team: string;
	    project: string;
	    customer: string;
	}
	export interface CardPage {
	    rows: CardRow[];
	    total: number;
	}
	
	export interface Totals {
	    vehicles: number;
	    valid: number;
	    historical: number;
	    listed: number;
	    chargeCards: number;
	    storedValueCards: number;
	    lostCards: number;
	    frozenCards: number;
	    cancelledCards: number;
	    tags: number;
	    signed: number;
	}
	export interface Center {
	    accountId: string;
	    userKind: string;
	    name: string;
	    documentType: string;
	    documentMasked: string;
	    phoneMasked: string;
	    contact: string;
	    address: string;
	    openedOn: string;
	    unallocatedFen: number;
	    hasFunds: boolean;
	    totals: Totals;
	}
	
	export interface Group {
	    id: number;
	    kind: string;
	    name: string;
	    note: string;
	    vehicles: number;
	}
	export interface Renewals {
	    licence: string;
	    insurance: string;
	    inspection: string;
	}
	export interface Keeping {
	    driver: string;
	    note: string;
	    renewals: Renewals;
	}
	export interface Membership {
	    groupId: number;
	    kind: string;
	    name: string;
	    from: string;
	    to: string;
	}
	export interface MonthSum {
	    month: string;
	    lines: number;
	    amountFen: number;
	    provisional: boolean;
	}
	export interface ParkingRow {
	    vehicleId: number;
	    plate: string;
	    authorized: boolean;
	    changedAt: string;
	    team: string;
	    project: string;
	    customer: string;
	}
	export interface ParkingPage {
	    rows: ParkingRow[];
	    total: number;
	}
	
	export interface PastedRow {
	    line: number;
	    text: string;
	    plate: string;
	    vehicleId: number;
	    problem: string;
	}
	export interface Pasted {
	    rows: PastedRow[];
	    matched: number;
	}
	
	
	export interface RenewalRow {
	    vehicleId: number;
	    plate: string;
	    document: string;
	    dueOn: string;
	    daysLeft: number;
	    driver: string;
	    team: string;
	    project: string;
	    customer: string;
	}
	export interface RenewalPage {
	    rows: RenewalRow[];
	    total: number;
	}
	
	
	export interface Revealed {
	    number: string;
	    balanceFen: number;
	    unloadedFen: number;
	}
	export interface SheetProblem {
	    row: number;
	    column: string;
	    text: string;
	    problem: string;
	}
	export interface SheetPreview {
	    token: string;
	    rows: number;
	    vehicles: number;
	    unchanged: number;
	    newGroups: Group[];
	    columns: string[];
	    ignored: string[];
	    problems: SheetProblem[];
	}
	
	
	export interface StatusRow {
	    since: string;
	    until: string;
	    listed: boolean;
	    reason: string;
	}
	export interface StatusPage {
	    rows: StatusRow[];
	    total: number;
	}
	
	export interface TagRow {
	    tagId: number;
	    vehicleId: number;
	    tag: string;
	    plate: string;
	    tagStatus: string;
	    branch: string;
	    issuedOn: string;
	    brand: string;
	    model: string;
	    team: string;
	    project: string;
	    customer: string;
	}
	export interface TagPage {
	    rows: TagRow[];
	    total: number;
	}
	
	
	
	export interface VehicleDetail {
	    vehicleId: number;
	    plate: string;
	    class: number;
	    status: string;
	    registeredOn: string;
	    cardId: number;
	    cardType: string;
	    card: string;
	    cardStatus: string;
	    listed: boolean;
	    tagId: number;
	    tag: string;
	    tagStatus: string;
	    channel: string;
	    team: string;
	    project: string;
	    customer: string;
	    driver: string;
	    note: string;
	    licence: string;
	    insurance: string;
	    inspection: string;
	    authorized: boolean;
	    authorizedAt: string;
	    invoiceTitle: string;
	    invoicePerTrip: boolean;
	    invoiceMonthly: boolean;
	    invoiceEmail: string;
	    invoiceAutoSend: boolean;
	    cards: CardRow[];
	    tags: TagRow[];
	    signings: SigningRow[];
	    memberships: Membership[];
	    months: MonthSum[];
	    statusEntryCount: number;
	}
	export interface VehicleRow {
	    vehicleId: number;
	    plate: string;
	    class: number;
	    status: string;
	    registeredOn: string;
	    cardId: number;
	    cardType: string;
	    card: string;
	    cardStatus: string;
	    listed: boolean;
	    tagId: number;
	    tag: string;
	    tagStatus: string;
	    channel: string;
	    team: string;
	    project: string;
	    customer: string;
	    driver: string;
	    note: string;
	    licence: string;
	    insurance: string;
	    inspection: string;
	}
	export interface VehiclePage {
	    rows: VehicleRow[];
	    total: number;
	}

}

export namespace funds {
	
	export interface AllocationRefusal {
	    plate: string;
	    card: string;
	    reason: string;
	}
	export interface Allocation {
	    id: number;
	    state: string;
	    cards: number;
	    totalFen: number;
	    askedAt: string;
	    reason: string;
	    errorCode: string;
	    refusals: AllocationRefusal[];
	    told: boolean;
	}
	export interface Totals {
	    rows: number;
	    sumFen: number;
	    settledFen: number;
	}
	export interface AllocationRow {
	    id: number;
	    cardId: number;
	    plate: string;
	    card: string;
	    at: string;
	    amountFen: number;
	    source: string;
	    orderNumber: string;
	}
	export interface AllocationPage {
	    rows: AllocationRow[];
	    totals: Totals;
	}
	
	
	export interface Order {
	    id: number;
	    state: string;
	    target: string;
	    plate: string;
	    card: string;
	    amountFen: number;
	    askedAt: string;
	    orderNumber: string;
	    status: string;
	    reason: string;
	    errorCode: string;
	    expiresAt: string;
	    canPay: boolean;
	    elsewhere: boolean;
	    told: boolean;
	}
	export interface Asked {
	    orders: Order[];
	    allocations: Allocation[];
	}
	export interface CardAmount {
	    cardId: number;
	    amountFen: number;
	}
	export interface CardRow {
	    cardId: number;
	    vehicleId: number;
	    plate: string;
	    card: string;
	    unloadedFen: number;
	    why: string;
	}
	export interface CardPage {
	    rows: CardRow[];
	    total: number;
	}
	
	export interface Draft {
	    mode: string;
	    amountFen: number;
	    chosen: CardAmount[];
	    text: string;
	    lowOnly: boolean;
	}
	export interface Filter {
	    plate: string;
	    from: string;
	    to: string;
	}
	export interface LoadRow {
	    id: number;
	    cardId: number;
	    plate: string;
	    card: string;
	    at: string;
	    amountFen: number;
	    status: string;
	}
	export interface LoadPage {
	    rows: LoadRow[];
	    totals: Totals;
	}
	
	
	export interface Overview {
	    serverTime: string;
	    rechargeOpen: boolean;
	    changesAt: string;
	    minRechargeFen: number;
	    maxRechargeFen: number;
	    availableFen: number;
	    takesPayments: boolean;
	    holder: string;
	    soleCard: string;
	    cardCount: number;
	    key: string;
	}
	export interface PlannedRow {
	    plate: string;
	    card: string;
	    amountFen: number;
	}
	export interface Refusal {
	    line: number;
	    text: string;
	    amount: string;
	    problem: string;
	}
	export interface Preview {
	    token: string;
	    rows: PlannedRow[];
	    cards: number;
	    totalFen: number;
	    availableFen: number;
	    refusals: Refusal[];
	    refused: number;
	    enough: number;
	    why: string;
	}
	export interface Query {
	    filter: Filter;
	    sort: string;
	    descending: boolean;
	}
	export interface RechargeAsk {
	    key: string;
	    target: string;
	    cardId: number;
	    amountFen: number;
	}
	export interface RechargeRow {
	    id: number;
	    orderNumber: string;
	    account: string;
	    at: string;
	    source: string;
	    amountFen: number;
	    transaction: string;
	    status: string;
	    target: string;
	    cardId: number;
	    plate: string;
	    card: string;
	}
	export interface RechargePage {
	    rows: RechargeRow[];
	    totals: Totals;
	}
	
	

}

export namespace invoices {
	
	export interface Filter {
	    type: string;
	    plate: string;
	    from: string;
	    to: string;
	    dateBy: string;
	    vehicleId: number;
	    groupId: number;
	    ungrouped: string;
	    number: string;
	    printed: string;
	}
	export interface Choice {
	    filter: Filter;
	    all: boolean;
	    except: number[];
	    ids: number[];
	}
	export interface Document {
	    kind: string;
	    sha256: string;
	    bytes: number;
	    state: string;
	    errorCode: string;
	    fetchedAt: string;
	}
	export interface Trip {
	    id: number;
	    passedAt: string;
	    entryStation: string;
	    exitStation: string;
	    place: string;
	    paidFen: number;
	}
	export interface Detail {
	    id: number;
	    vehicleId: number;
	    plate: string;
	    type: string;
	    number: string;
	    title: string;
	    payee: string;
	    issuedAt: string;
	    passedAt: string;
	    entryStation: string;
	    exitStation: string;
	    place: string;
	    trips: number;
	    taxRate: number;
	    netFen: number;
	    taxFen: number;
	    totalFen: number;
	    documents: string;
	    printedAt: string;
	    printFailed: boolean;
	    covered: Trip[];
	    lacking: number;
	    papers: Document[];
	    asked: boolean;
	    paidFen: number;
	    fromTrips: boolean;
	}
	
	
	export interface Totals {
	    rows: number;
	    netFen: number;
	    taxFen: number;
	    totalFen: number;
	}
	export interface Row {
	    id: number;
	    vehicleId: number;
	    plate: string;
	    type: string;
	    number: string;
	    title: string;
	    payee: string;
	    issuedAt: string;
	    passedAt: string;
	    entryStation: string;
	    exitStation: string;
	    place: string;
	    trips: number;
	    taxRate: number;
	    netFen: number;
	    taxFen: number;
	    totalFen: number;
	    documents: string;
	    printedAt: string;
	    printFailed: boolean;
	}
	export interface Page {
	    rows: Row[];
	    totals: Totals;
	}
	export interface Query {
	    filter: Filter;
	    sort: string;
	    descending: boolean;
	}
	
	export interface Setting {
	    id: number;
	    plate: string;
	    perTrip: boolean;
	    monthly: boolean;
	    email: string;
	    autoSend: boolean;
	    title: string;
	}
	export interface SettingPage {
	    rows: Setting[];
	    total: number;
	}
	export interface SettingQuery {
	    plate: string;
	    sort: string;
	    descending: boolean;
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
	    waiting: string;
	}
	export interface Page {
	    rows: Job[];
	    total: number;
	}

}

export namespace list {
	
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

}

export namespace monthly {
	
	export interface ColumnInfo {
	    name: string;
	    title: string;
	    standard: boolean;
	}
	export interface PartChoice {
	    name: string;
	    columns: string[];
	}
	export interface Layout {
	    sumBy: string;
	    parts: PartChoice[];
	    format: string;
	    perVehicle: boolean;
	}
	export interface Order {
	    from: string;
	    to: string;
	    groupId: number;
	    ungrouped: string;
	    plate: string;
	    layout: Layout;
	}
	
	export interface PartInfo {
	    name: string;
	    title: string;
	    columns: ColumnInfo[];
	}
	export interface SummaryRow {
	    group: string;
	    vehicles: number;
	    lines: number;
	    scenes: number[];
	    sumFen: number;
	}
	export interface SceneSum {
	    scene: string;
	    lines: number;
	    sumFen: number;
	}
	export interface Preview {
	    period: string;
	    scope: string;
	    provisional: string;
	    scenes: SceneSum[];
	    lines: number;
	    sumFen: number;
	    provisionalLines: number;
	    provisionalSumFen: number;
	    vehicles: number;
	    refunds: number;
	    refundSumFen: number;
	    invoices: number;
	    invoiceSumFen: number;
	    invoiceTaxFen: number;
	    groups: number;
	    summary: SummaryRow[];
	    files: number;
	    rows: number;
	}
	
	
	export interface Template {
	    name: string;
	    layout: Layout;
	}

}

export namespace printout {
	
	export interface LeftOut {
	    id: number;
	    number: string;
	    plate: string;
	    amountFen: number;
	    reason: string;
	    words: string;
	}
	export interface Order {
	    choice: invoices.Choice;
	    perPage: number;
	    by: string;
	    cutLines: boolean;
	    cover: boolean;
	    perVehicle: boolean;
	    before: string;
	}
	export interface Pack {
	    summary: string;
	    id: number;
	    pages: number;
	    coverPages: number;
	    bytes: number;
	    invoices: number;
	    amountFen: number;
	    signed: number;
	    skipped: number;
	    leftOut: LeftOut[];
	    leftOutAll: number;
	    leftOutFen: number;
	}
	export interface Paper {
	    printer: string;
	    copies: number;
	}
	export interface Survey {
	    invoices: number;
	    vehicles: number;
	    amountFen: number;
	    printed: number;
	    firstPrinted: string;
	    lastPrinted: string;
	    failed: number;
	    missing: number;
	    missingOfNew: number;
	    unprintedFen: number;
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
	    step: number;
	}

}

export namespace trips {
	
	export interface Filter {
	    type: string;
	    plate: string;
	    from: string;
	    to: string;
	    refundedFrom: string;
	    refundedTo: string;
	    vehicleId: number;
	    groupId: number;
	    ungrouped: string;
	    dateBy: string;
	    plates: string;
	    groups: string;
	    entry: string;
	    exit: string;
	    entryId: number;
	    exitId: number;
	    placeId: number;
	    province: string;
	    minFen: number;
	    maxFen: number;
	    weekdays: string;
	    fromHour: number;
	    toHour: number;
	}
	export interface AnalysisRow {
	    label: string;
	    rows: number;
	    paidFen: number;
	    discountFen: number;
	    grossFen: number;
	    shareBp: number;
	    perTripFen: number;
	    refundedFen: number;
	    netFen: number;
	    drill: Filter;
	}
	export interface AnalysisCharts {
	    months: AnalysisRow[];
	    vehicles: AnalysisRow[];
	    routes: AnalysisRow[];
	    fleet: number;
	    ways: number;
	}
	export interface TripTotals {
	    rows: number;
	    paidFen: number;
	    discountFen: number;
	    grossFen: number;
	}
	export interface AnalysisPage {
	    rows: AnalysisRow[];
	    groups: number;
	    totals: TripTotals;
	    refundedFen: number;
	}
	export interface AnalysisQuery {
	    filter: Filter;
	    by: string;
	    sort: string;
	    descending: boolean;
	}
	
	
	export interface InvoiceRow {
	    id: number;
	    type: string;
	    number: string;
	    title: string;
	    payee: string;
	    issuedOn: string;
	    taxRate: number;
	    netFen: number;
	    taxFen: number;
	    totalFen: number;
	    trips: number;
	}
	export interface LineRow {
	    id: number;
	    passedAt: string;
	    postedOn: string;
	    scene: string;
	    amountFen: number;
	}
	export interface Query {
	    filter: Filter;
	    sort: string;
	    descending: boolean;
	}
	export interface RefundTotals {
	    rows: number;
	    totalFen: number;
	    refundedFen: number;
	    refundingFen: number;
	}
	export interface RefundRow {
	    id: number;
	    tripId: number;
	    vehicleId: number;
	    cardId: number;
	    plate: string;
	    card: string;
	    entryStation: string;
	    exitStation: string;
	    place: string;
	    passedAt: string;
	    refundedAt: string;
	    amountFen: number;
	    status: string;
	}
	export interface RefundPage {
	    rows: RefundRow[];
	    totals: RefundTotals;
	}
	
	
	export interface TripDetail {
	    id: number;
	    vehicleId: number;
	    cardId: number;
	    plate: string;
	    type: string;
	    enteredAt: string;
	    passedAt: string;
	    postedOn: string;
	    card: string;
	    entryStation: string;
	    exitStation: string;
	    place: string;
	    paidFen: number;
	    discountFen: number;
	    grossFen: number;
	    refundedFen: number;
	    passId: string;
	    distanceMetres: number;
	    minutes: number;
	    cardType: string;
	    channel: string;
	    lines: LineRow[];
	    refunds: RefundRow[];
	    invoices: InvoiceRow[];
	}
	export interface TripRow {
	    id: number;
	    vehicleId: number;
	    cardId: number;
	    plate: string;
	    type: string;
	    enteredAt: string;
	    passedAt: string;
	    postedOn: string;
	    card: string;
	    entryStation: string;
	    exitStation: string;
	    place: string;
	    paidFen: number;
	    discountFen: number;
	    grossFen: number;
	    refundedFen: number;
	}
	export interface TripPage {
	    rows: TripRow[];
	    totals: TripTotals;
	}
	

}

export namespace workspace {
	
	export interface Download {
	    choice: invoices.Choice;
	    kinds: string[];
	}

}

