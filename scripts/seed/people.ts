import type { Locale } from "../../contract/locales.ts";

/** A buyer's name, language and country. */
export interface Person {
  name: string;
  locale: Locale;
  country: string;
}

interface People {
  locale: Locale;
  countries: readonly string[];
  given: readonly string[];
  family: readonly string[];
  /** How the two parts are put together; given name first where absent. */
  write?: (given: string, family: string) => string;
}

const familyFirst = (given: string, family: string) => family + given;
const words = (text: string) => text.split(" ");

const PEOPLE: readonly People[] = [
  {
    locale: "es",
    countries: ["MX", "ES", "CO", "AR", "CL"],
    given: words("Ana Luis Carmen Diego Lucía Javier Sofía Mateo Elena Pablo Marta Andrés"),
    family: words("Ruiz García Hernández López Torres Vargas Romero Castillo Ortega Molina"),
  },
  {
    locale: "pt-BR",
    countries: ["BR"],
    given: words("João Maria Pedro Camila Lucas Beatriz Rafael Larissa Thiago Juliana"),
    family: words("Silva Santos Oliveira Souza Pereira Costa Almeida Ferreira Ribeiro Carvalho"),
  },
  {
    locale: "fr",
    countries: ["FR", "BE", "CA"],
    given: words("Claire Julien Camille Nicolas Léa Antoine Manon Hugo Chloé Mathieu"),
    family: words("Martin Bernard Dubois Moreau Laurent Lefebvre Garnier Faure Rousseau Blanc"),
  },
  {
    locale: "de",
    countries: ["DE", "AT", "CH"],
    given: words("Jonas Lena Felix Hannah Paul Mia Lukas Sophie Max Katharina"),
    family: words("Weber Müller Schneider Fischer Wagner Becker Hoffmann Schäfer Koch Bauer"),
  },
  {
    locale: "it",
    countries: ["IT"],
    given: words("Giulia Marco Francesca Luca Chiara Alessandro Martina Davide Sara Matteo"),
    family: words("Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Greco Conti"),
  },
  {
    locale: "ru",
    countries: ["KZ", "RU", "AM"],
    given: words("Иван Алексей Дмитрий Сергей Максим Николай Андрей Павел"),
    family: words("Петров Иванов Смирнов Кузнецов Попов Волков Соколов Лебедев"),
  },
  {
    locale: "ja",
    countries: ["JP"],
    given: words("美咲 翔太 さくら 健太 陽菜 大輔 由美 拓也 彩 直樹"),
    family: words("佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤"),
    write: (given, family) => `${family} ${given}`,
  },
  {
    locale: "ko",
    countries: ["KR"],
    given: words("민준 서연 지훈 하은 도윤 지우 현우 수빈 예준 유진"),
    family: words("김 이 박 최 정 강 조 윤 장 임"),
    write: familyFirst,
  },
  {
    locale: "zh-CN",
    countries: ["CN", "SG"],
    given: words("芳 伟 秀英 敏 静 磊 洋 婷 浩然 梓涵"),
    family: words("王 李 张 刘 陈 杨 赵 黄 周 吴"),
    write: familyFirst,
  },
  {
    locale: "zh-TW",
    countries: ["TW", "HK"],
    given: words("志明 怡君 俊傑 雅婷 家豪 淑芬 冠宇 佳穎 建宏 欣怡"),
    family: words("林 陳 黃 張 李 王 吳 劉 蔡 楊"),
    write: familyFirst,
  },
  {
    locale: "ar",
    countries: ["SA", "AE", "EG", "MA"],
    given: words("أحمد فاطمة محمد نورة خالد مريم يوسف سارة عمر ليلى"),
    family: words("علي حسن العتيبي السيد الحربي منصور ناصر القحطاني سالم إبراهيم"),
  },
  {
    locale: "pl",
    countries: ["PL"],
    given: words("Anna Piotr Katarzyna Tomasz Magdalena Paweł Agnieszka Michał Ewa Jakub"),
    family: words("Nowak Wójcik Kowalczyk Woźniak Mazur Krawczyk Zając Król Wróbel Pawlak"),
  },
  {
    locale: "nl",
    countries: ["NL", "BE"],
    given: words("Sanne Daan Lotte Bram Fleur Sem Anouk Thijs Eva Ruben"),
    family: ["de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "Bos"],
  },
  {
    locale: "tr",
    countries: ["TR"],
    given: words("Elif Mehmet Zeynep Mustafa Ayşe Emre Fatma Burak Merve Can"),
    family: words("Yılmaz Kaya Demir Çelik Şahin Yıldız Öztürk Aydın Arslan Doğan"),
  },
  {
    locale: "th",
    countries: ["TH"],
    given: words("สมชาย สุดา ประเสริฐ มาลี วิชัย กมล นภา ธนากร พรทิพย์ อนันต์"),
    family: words("ใจดี ศรีสุข แสงทอง วงศ์ใหญ่ ทองดี บุญมี พงษ์พันธ์ รักไทย สุขใจ เพชรรัตน์"),
  },
  {
    locale: "vi",
    countries: ["VN"],
    given: ["Văn An", "Thị Hoa", "Minh Anh", "Quốc Bảo", "Thu Hà", "Đức Huy", "Ngọc Lan", "Hữu Phúc"],
    family: words("Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi"),
    write: (given, family) => `${family} ${given}`,
  },
  {
    locale: "id",
    countries: ["ID"],
    given: words("Budi Siti Agus Dewi Rizky Putri Andi Rina Bayu Fitri"),
    family: words("Santoso Wijaya Saputra Lestari Pratama Hidayat Susanto Permata Nugroho Kusuma"),
  },
  {
    locale: "en",
    countries: ["US", "GB", "AU", "CA"],
    given: words("Emma James Olivia Liam Grace Noah Chloe Daniel Amelia Owen"),
    family: words("Clark Hughes Turner Bennett Foster Morgan Reed Parker Hayes Ellis"),
  },
];

/** Made-up buyers of all languages in turn; the same number is always the same one. */
export function personOf(index: number): Person {
  const people = at(PEOPLE, index);
  const turn = Math.floor(index / PEOPLE.length);
  const given = at(people.given, turn);
  // Steps that share no divisor with the lists' lengths, so that every pair of names comes up.
  const family = at(people.family, turn * 7 + Math.floor(turn / people.given.length) * 3);
  const { locale, write = (first: string, last: string) => `${first} ${last}` } = people;
  return { name: write(given, family), locale, country: at(people.countries, turn * 3) };
}

function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
