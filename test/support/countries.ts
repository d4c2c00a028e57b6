/** Where the buyers of simulated shops live: twenty countries in zones all around the world. */
export const COUNTRIES = "US CA MX BR GB ES FR DE IT PL NL TR RU SA TH VN ID JP KR AU".split(" ");
