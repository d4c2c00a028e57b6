import { type ImportMapping, ORDER_IMPORT_FIELDS, type OrderImportField } from "../../contract/import.ts";

/**
 * Headings by which shops' and platforms' own exports call a field (Shopify, WooCommerce, Amazon, eBay, Etsy, AliExpress,
 * TikTok Shop, Shopee, and Chinese ERPs), likeliest first.
 */
const HEADINGS: Record<OrderImportField, readonly string[]> = {
  orderId: [
    "orderid",
    "id",
    "order",
    "amazonorderid",
    "salesrecordnumber",
    "ordersn",
    "订单id",
    "订单编号",
    "订单号",
    "單號",
    "idpedido",
    "bestellid",
  ],
  number: [
    "ordernumber",
    "orderno",
    "number",
    "name",
    "ordername",
    "orderreference",
    "订单编号",
    "订单号",
    "訂單編號",
    "注文番号",
    "주문번호",
    "bestellnummer",
    "numerodecommande",
    "numerodepedido",
    "numeroordine",
    "номерзаказа",
  ],
  status: [
    "status",
    "orderstatus",
    "orderstate",
    "fulfillmentstatus",
    "financialstatus",
    "state",
    "订单状态",
    "訂單狀態",
    "状态",
    "estado",
    "statut",
    "stato",
    "статус",
  ],
  createdAt: [
    "createdat",
    "ordercreatedat",
    "orderdate",
    "purchasedate",
    "datecreated",
    "createddate",
    "saledate",
    "createdtime",
    "orderedat",
    "date",
    "下单时间",
    "创建时间",
    "订单创建时间",
    "fecha",
    "datum",
    "дата",
  ],
  paidAt: [
    "paidat",
    "paymentdate",
    "datepaid",
    "paymentsdate",
    "paidtime",
    "paidondate",
    "付款时间",
    "支付时间",
    "买家付款时间",
  ],
  shippedAt: [
    "shippedat",
    "fulfilledat",
    "shipdate",
    "shippeddate",
    "dateshipped",
    "shippedtime",
    "shippedondate",
    "发货时间",
    "出貨時間",
  ],
  deliveredAt: [
    "deliveredat",
    "deliverydate",
    "datedelivered",
    "deliveredtime",
    "actualdeliverydate",
    "签收时间",
    "妥投时间",
    "送达时间",
  ],
  cancelledAt: ["cancelledat", "canceledat", "cancelledtime", "取消时间"],
  promisedAt: [
    "promisedat",
    "promisedate",
    "latestdeliverydate",
    "estimateddeliverydate",
    "estimateddelivery",
    "expecteddelivery",
    "shipbydate",
    "预计送达时间",
    "承诺送达时间",
  ],
  buyerId: [
    "buyerid",
    "customerid",
    "buyeruserid",
    "buyerusername",
    "buyerexternalid",
    "userid",
    "customeruser",
    "买家id",
    "客户编号",
    "买家账号",
  ],
  buyerName: [
    "buyername",
    "customername",
    "recipientname",
    "shippingname",
    "billingname",
    "fullname",
    "buyerfullname",
    "billingfirstname",
    "shiptoname",
    "recipient",
    "客户姓名",
    "买家姓名",
    "收件人",
    "收货人姓名",
    "收货人",
  ],
  buyerEmail: ["email", "buyeremail", "customeremail", "billingemail", "emailaddress", "买家邮箱", "客户邮箱", "邮箱"],
  buyerCountry: [
    "buyercountry",
    "shippingcountry",
    "shippingcountrycode",
    "shipcountry",
    "country",
    "countrycode",
    "billingcountry",
    "shiptocountry",
    "billingcountrycode",
    "国家",
    "收货国家",
    "目的国家",
  ],
  buyerLocale: ["locale", "buyerlocale", "customerlocale", "language", "语言"],
  total: [
    "total",
    "ordertotal",
    "totalprice",
    "totalamount",
    "grandtotal",
    "orderamount",
    "amount",
    "totalpaid",
    "订单金额",
    "订单总额",
    "总金额",
    "实付金额",
    "betrag",
    "montant",
    "importe",
    "сумма",
  ],
  currency: ["currency", "currencycode", "ordercurrency", "币种", "货币", "moneda", "devise", "währung"],
  shipping: [
    "shipping",
    "shippingcost",
    "shippingprice",
    "shippingtotal",
    "shippingamount",
    "postageandpackaging",
    "运费",
  ],
  tax: ["taxes", "tax", "totaltax", "taxamount", "itemtax", "税费"],
  discount: [
    "discountamount",
    "discount",
    "totaldiscount",
    "discounttotal",
    "itempromotiondiscount",
    "优惠金额",
    "折扣",
  ],
  itemSku: ["lineitemsku", "sku", "itemsku", "sellersku", "customlabel", "productsku", "商品sku", "商品编码"],
  itemName: [
    "lineitemname",
    "itemname",
    "productname",
    "itemtitle",
    "title",
    "product",
    "productinfo",
    "商品名称",
    "产品名称",
    "商品标题",
  ],
  itemQuantity: ["lineitemquantity", "quantity", "quantitypurchased", "itemquantity", "qty", "数量", "商品数量"],
  itemPrice: ["lineitemprice", "itemprice", "price", "unitprice", "itemcost", "soldfor", "单价", "商品单价"],
  items: ["items", "lineitems", "orderitems", "products"],
  carrier: [
    "carrier",
    "shippingcarrier",
    "trackingcompany",
    "shippingprovider",
    "shippingprovidername",
    "courier",
    "trackingcarrier",
    "物流公司",
    "承运商",
    "物流商",
  ],
  trackingNumber: [
    "trackingnumber",
    "trackingno",
    "trackingid",
    "trackingcode",
    "tracking",
    "waybillnumber",
    "运单号",
    "物流单号",
    "跟踪号",
    "快递单号",
  ],
  trackingUrl: ["trackingurl", "trackinglink", "物流链接"],
};

/** One of each list must be mapped. */
const NEEDED: readonly (readonly OrderImportField[])[] = [["orderId", "number"]];

/** Which column is likely which field. A column serves one field. */
export function guessMapping(columns: readonly string[]): ImportMapping {
  const free = new Map(columns.map((name) => [plain(name), name] as const).reverse());
  const mapping: ImportMapping = {};
  for (const field of ORDER_IMPORT_FIELDS) {
    const heading = [field.toLowerCase(), ...HEADINGS[field]].map(plain).find((one) => free.has(one));
    if (heading === undefined) continue;
    mapping[field] = free.get(heading);
    free.delete(heading);
  }
  // Where there is no field of its own for it, a Shopify file's "Id" stands beside its "Name".
  return mapping;
}

/** What must still be mapped before the file can be taken in. */
export function missingFields(mapping: ImportMapping): OrderImportField[][] {
  return NEEDED.filter((fields) => fields.every((field) => mapping[field] === undefined)).map((fields) => [...fields]);
}

/** `Buyer E-Mail` and `buyer.email` are the same heading. */
function plain(heading: string): string {
  return heading
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
