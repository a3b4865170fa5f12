/* What the search finds, and in which order. No page is needed here, so that
   a test can run it as it is (tests/test_search.py); MiniSearch is, and the
   records that book/_ext/book_search.py writes. */

(() => {
  // How much each kind of place counts, and each part of its record.
  const KINDS = { Question: 1.2, Exercise: 0.6, Page: 0.6, Solution: 0.4, Reference: 0.15 };
  const ABOUT_THE_BOOK = /^book\/(appendices|assignments|instructors|questions)/;
  const FIELDS = {
    title: 4, chinese: 4, label: 4, defines: 2, page: 0.5, text: 1, more: 0.5,
  };

  const TITLES = ["title", "chinese", "label"];

  const FUNCTION_WORDS = new Set(`a about all am an and any are as at be been between but
    by can could did difference do does for forgot from get had has have how i if in into is it its me
    my no not of on or our should so than that the their them then there these they this to
    under up using versus vs was we were what when where which who why will with would you
    your 的 了 吗 是 什么 怎么 如何 为什么 函数`.split(/\s+/));

  // Words of readers, in the words of the book. To these come the Chinese names
  // of the glossary. The word itself is looked for too.
  const SYNONYMS = {
    autograd: "automatic differentiation",
    backprop: "backpropagation",
    bce: "binary cross-entropy",
    ce: "cross-entropy",
    cv: "cross-validation",
    ece: "expected calibration error",
    kl: "Kullback–Leibler",
    lasso: "L1 penalty",
    lr: "learning rate",
    mae: "absolute error",
    map: "maximum a posteriori",
    mle: "maximum likelihood",
    mse: "squared error",
    multiclass: "many classes",
    nll: "negative log-likelihood",
    ood: "out-of-distribution",
    ovr: "one-versus-rest",
    ridge: "penalty",
    sgd: "stochastic gradient descent",
    stability: "stable",
    svm: "support vector machine",
    unbalanced: "imbalanced",
    不平衡: "imbalanced",
    二分类: "two classes",
    优化: "optimisation",
    优势: "odds",
    准确率: "accuracy",
    凸: "convex",
    初始化: "initialisation",
    回归: "regression",
    图像: "image",
    多分类: "many classes",
    定理: "theorem",
    导数: "derivative",
    惩罚: "penalty",
    推导: "derivation proof",
    收敛: "convergence",
    数据: "data",
    散度: "divergence",
    权重衰减: "weight decay",
    梯度: "gradient",
    概率: "probability",
    测试: "test",
    矩阵: "matrix",
    稳定: "stable",
    练习: "exercise",
    证明: "proof",
    训练: "training",
    闭式解: "closed form",
  };

  // ---- words

  const CHINESE = /[\u3400-\u9fff]/;
  const LETTER = "(?![\\u3400-\\u9fff])[\\p{L}\\p{N}]";
  const WORD = new RegExp("[\\u3400-\\u9fff]+|\\d+(?:\\.\\d+)+"
    + `|(?:${LETTER})+(?:[-‐‑_’'](?:${LETTER})+)*`, "gu");
  const ENDINGS = ["ability", "ations", "ation", "ating", "ative", "able", "ated",
    "ance", "ence", "ing", "ion", "ate", "ed", "er", "ly"];

  // A word without its ending, in British spelling: "losses" is "loss" then,
  // "regularized" is "regularisation", and "converges" is "convergence".
  const stem = word => {
    if (word.length < 4 || /\d/.test(word)) return word;
    let root = word.replace(/iz(?=e|i|at)/, "is")
      .replace(/(?<=ss|x|sh|ch)es$|(?<![suia])s$/, "").replace(/ie$/, "y");
    const ending = ENDINGS.find(e => root.endsWith(e) && root.length - e.length >= 4);
    if (ending) root = root.slice(0, -ending.length);
    return root.replace(/([bdfgmnprt])\1$/, "$1").replace(/(?<=...)[ey]$/, "");
  };

  // The parts of a match of WORD: of "cross-entropy" and "CrossEntropy" two, of
  // a Chinese word each pair of characters.
  const partsOf = match => {
    if (!CHINESE.test(match))
      return match.replace(/[’']s$/, "").replace(/(\p{Ll})(?=\p{Lu})/gu, "$1-")
        .toLowerCase().split(/[-‐‑_’']/)
        .map(part => part == "vs" ? "versus" : part);
    if (match.length < 3) return [match];
    return Array.from({ length: match.length - 1 }, (_, i) => match.slice(i, i + 2));
  };

  // The same words come again and again.
  const remembering = compute => {
    const known = new Map();
    return word => {
      if (!known.has(word)) known.set(word, compute(word));
      return known.get(word);
    };
  };

  const wordsIn = text => text.normalize("NFKC").match(WORD) ?? [];
  const isContent = word => !FUNCTION_WORDS.has(word.toLowerCase());
  const wholeOf = remembering(
    word => CHINESE.test(word) ? word : stem(partsOf(word).join("")));

  // What a text is found by: each word, and each part of a compound.
  const termsOf = remembering(word => {
    const parts = partsOf(word);
    return parts.length > 1 ? [wholeOf(word), ...parts.map(stem)] : [wholeOf(word)];
  });
  const terms = text => wordsIn(text).flatMap(termsOf);

  // ---- the index

  // What a result says about its page, unless it is the page.
  const nameOf = (page, record) => {
    if (page === record || page.title === record.kind) return "";
    return page.number ? `${page.number}. ${page.title}` : page.title;
  };

  const documents = pages => pages.flatMap(({ page, records }) => records.map(record => ({
    ...record,
    about: ABOUT_THE_BOOK.test(page),
    address: record.place ? `${page}#${record.place}` : page,
    label: record.number ? `${record.kind} ${record.number}` : record.kind,
    page: nameOf(records[0], record),
  })));

  // The English names of Chinese words. Of a name such as "S 型函数" the Chinese
  // part is enough, if it is long.
  const translations = records => {
    const found = new Map(Object.entries(SYNONYMS));
    const named = records.flatMap(({ chinese = [], title }) => chinese.map(
      name => [name.match(/[\u3400-\u9fff]+/)[0], name, title.split(",")[0]]));
    for (const isWhole of [true, false])
      for (const [part, name, title] of named)
        if ((part == name) == isWhole && (isWhole || part.length > 2) && !found.has(part))
          found.set(part, title);
    return found;
  };

  class Search {
    constructor(MiniSearch, pages) {
      this.records = documents(pages);
      this.translations = translations(this.records);
      this.longest = Math.max(...[...this.translations.keys()].map(name => name.length));
      this.known = new Set();
      this.index = new MiniSearch({
        fields: Object.keys(FIELDS),
        extractField: (record, field) => field == "chinese"
          ? (record.chinese ?? []).join(" ").replace(/\p{ASCII}/gu, " ")
          : [record[field] ?? ""].flat().join(" "),
        tokenize: text => terms(text),
        processTerm: term => (this.known.add(term), term),
      });
      this.index.addAll(this.records.map((record, id) => ({ ...record, id })));
      this.together = this.spellings();
    }

    // The compounds that the book mostly writes as one, such as "cross-entropy".
    spellings() {
      const balance = new Map();
      const count = (word, n) => balance.set(word, (balance.get(word) ?? 0) + n);
      for (const { title, text = "" } of this.records)
        wordsIn(`${title} ${text}`).forEach((word, i, all) => {
          if (!/_|\p{Ll}\p{Lu}/u.test(word)) count(wholeOf(word), 1);
          if (i) count(wholeOf(`${all[i - 1]}-${word}`), -1);
        });
      return new Set([...balance.keys()].filter(word => balance.get(word) > 0));
    }

    // A query as groups of terms, of each of which one is wanted.
    groups(query) {
      const all = wordsIn(query).flatMap(word => this.translated(word));
      const content = all.filter(({ word }) => isContent(word));
      const found = this.joined(content.length ? content : all);
      return found.flatMap(({ word, from }) => {
        const wanted = this.known.has(wholeOf(word)) ? [wholeOf(word)] : partsOf(word).map(stem);
        return wanted.map(term => new Set([term, ...from ? [wholeOf(from)] : []]));
      });
    }

    // With "mini batch" as one word, since the book has "minibatch".
    joined(words) {
      const result = [];
      for (const next of words) {
        const last = result.at(-1);
        const both = last && !last.from && !next.from && `${last.word}-${next.word}`;
        if (both && this.together.has(wholeOf(both))) result.splice(-1, 1, { word: both });
        else result.push(next);
      }
      return result;
    }

    // A word of a query in the words of the book.
    translated(word) {
      const key = word.toLowerCase();
      if (!CHINESE.test(word)) {
        const english = this.translations.get(key);
        return english ? wordsIn(english).map(w => ({ word: w, from: word })) : [{ word }];
      }
      for (let length = Math.min(this.longest, word.length); length; length--)
        for (let i = 0; i + length <= word.length; i++) {
          const name = word.slice(i, i + length);
          if (!this.translations.has(name) && !FUNCTION_WORDS.has(name)) continue;
          return [
            ...i ? this.translated(word.slice(0, i)) : [],
            ...wordsIn(this.translations.get(name) ?? "").map(w => ({ word: w, from: name })),
            ...i + length < word.length ? this.translated(word.slice(i + length)) : [],
          ];
        }
      return [{ word }];
    }

    // The places that a query finds, the best first.
    find(query) {
      const groups = this.groups(query);
      if (!groups.length) return [];
      const weights = new Map(groups.flatMap(g => [...g].map(term => [term, 1 / g.size])));
      const last = /\s$/.test(query) ? null : [...groups.at(-1)][0];
      const results = this.index.search([...weights.keys()].join(" "), {
        boost: FIELDS,
        boostTerm: term => weights.get(term),
        tokenize: text => text.split(" "),
        processTerm: term => term,
        prefix: term => term === last && term.length > 2,
        fuzzy: term => term.length > 4 && !this.known.has(term) && 0.2,
      });
      const ranked = results.map(result => {
        const record = this.records[result.id];
        const titled = Object.keys(result.match).filter(
          term => result.match[term].some(field => TITLES.includes(field)));
        const share = test => groups.filter(test).length / groups.length;
        const found = share(g => result.queryTerms.some(term => g.has(term)));
        const inTitle = share(g => titled.some(
          term => [...g].some(wanted => term.startsWith(wanted))));
        const weight = (KINDS[record.kind] ?? 1) * (record.about ? 0.4 : 1);
        const title = wordsIn(record.title).filter(isContent);
        const whole = inTitle == 1
          && title.filter(word => terms(word).some(t => titled.includes(t))).length / title.length;
        return {
          record,
          score: result.score * weight * found ** 3 * (1 + inTitle + whole),
          terms: new Set(result.terms),
        };
      }).sort((a, b) => b.score - a.score);
      return ranked.filter(({ score }) => score > ranked[0].score / 50);
    }
  }

  // A text in pieces, of which every second one is a word that was found.
  const marked = (text, found) => {
    const pieces = [""];
    let end = 0;
    for (const { 0: word, index } of text.matchAll(WORD)) {
      if (!terms(word).some(term => found.has(term))) continue;
      pieces[pieces.length - 1] += text.slice(end, index);
      pieces.push(word, "");
      end = index + word.length;
    }
    pieces[pieces.length - 1] += text.slice(end);
    return pieces;
  };

  // The part of a text where most of the found words are.
  const excerpt = (text, found, length = 180) => {
    const places = [...text.matchAll(WORD)].map(({ 0: word, index }) => (
      { index, hits: terms(word).filter(term => found.has(term)) }));
    const richness = start => new Set(places
      .filter(({ index }) => index >= start && index < start + length)
      .flatMap(({ hits }) => hits)).size;
    const hits = places.filter(({ hits }) => hits.length).map(({ index }) => index);
    const first = hits.reduce((a, b) => richness(b) > richness(a) ? b : a, hits[0] ?? 0);
    let start = Math.max(0, Math.min(first - 40, text.length - length));
    if (start) start = text.indexOf(" ", start) + 1;
    const cut = text.slice(start, start + length);
    const whole = start + length >= text.length ? cut : cut.slice(0, cut.lastIndexOf(" "));
    return (start ? "… " : "") + whole + (whole == cut ? "" : " …");
  };

  globalThis.bookSearch = Object.assign(globalThis.bookSearch ?? {}, { Search, excerpt, marked, stem });
})();
