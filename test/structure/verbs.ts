/** The verbs with which function names may begin, predicates (`is`, `has`, `can`, …) included. */
export const VERBS: ReadonlySet<string> = new Set(
  `abort accept accepts acknowledge acquire add advance allow announce answer append apply ask assert attach await
  begin bill bind build bundle calculate call can cancel canonicalize capture catch change check choose claim clamp
  classify clean close collect commit compare complete compute configure confirm connect consume continue convert copy
  count create cut declare declares decode decrypt define deliver deploy derive describe detach detect digest disable
  discover drop emit enable encode encrypt end enforce ensure escape estimate evaluate execute exit expect explain
  export extend extract fail fetch fill filter find finish fit fits flatten flush follow format frame generate get give
  grant group guard hand handle has hash hop ignore import include insert install intercept interpret is issue join
  judge keep kill list listen load log look make map mark match may measure merge mint move name needs normalize notify
  observe omit open order overtake pack parse park pass pause permit persist pick plan poll post prepare present print
  process profile pseudonymize publish push put query race raise read record redact redrive refer refuse register
  reject relate release remember remove rename render renew repeat replace replay report require reread resend reset
  resolve respond restart resume retry return revive rotate run save scan schedule seal search select send serve set
  settle should show shorten sign simulate skip sleep snapshot sort split spool stamp start step stop store stream strip
  submit subscribe substitute subtract sum suspend sweep synthesize take throw time to trace track transform trim
  truncate try turn unpack unseal update use validate verify visit wait wake warn watch widen wire withdraw wrap write`.split(
    /\s+/,
  ),
);
