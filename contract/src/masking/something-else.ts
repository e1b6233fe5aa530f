/**
 * Says right before a number that it is something else: an order, an invoice, a parcel, a case, a thing for sale, in the
 * languages of the national ids.
 */
const words =
  /(?:order|bestell|beställ|ordre|tilaus|commande|pedido|ordine|zamówieni|bestilling|invoice|faktur|factu|fattura|rechnung|lasku|track|parcel|paket|pakk|paczk|colis|paquete|pacco|zending|lähety|sporing|spårning|ship|ticket|case|ärende|sag|ref|rif|serial|serie|série|serii|artik|artic|item|sku|kund|customer|client|kunde|klant|transa|#)[^\d\n]{0,24}$/iu;

/** Whether the text right before `at` says so. */
export function isSomethingElse(text: string, at: number): boolean {
  return words.test(text.slice(Math.max(0, at - 40), at));
}
