/**
 * Verbs that people use for orders, policies and rules of every kind: on their own they say little. What makes a rule one
 * of the agent's. And what makes a verb no command, right before it. By language, written as in the lexicon.
 */
export type RemovalMeaning = "remove" | "given" | "ignoreThem" | "asked";

export const REMOVAL_LEXICA: Readonly<Record<string, Partial<Readonly<Record<RemovalMeaning, string>>>>> = {
  en: {
    asked:
      "how do i$|how can i$|how could i$|how would i$|how to$|can i$|could i$|should i$|may i$|must i$|do i$|why does$|why did$|does$|if i$|when i$|i always$|i often$|i keep$|i usually$|i sometimes$",
    remove:
      "override$|overriding|overwrite$|cancel$|delete$|drop$|replace$|wipe$|erase$|discard$|scrap$|dismiss$|abandon$|throw out|throw away|remove$|clear$|overrule|supersede|nullif",
    given:
      "given to you|you were given|you have been given|you've been given|you were told|you have been told|you've been told|you received|you follow$|you must follow|you have to follow|your instruct|your guideline|your guidance|your prompt|your programming|your safeguard|your rules|your restriction|your constraint|your directive|your limitation|your safety|your system|your developer|your training|your original|your initial|your previous|your prior|your earlier|your existing|your current|previous instruct|previous directive|previous guideline|prior instruct|prior directive|prior guideline|earlier instruct|earlier directive|above instruct|above directive|preceding instruct|instructions above|guidelines above|guardrail|message from the developer|developer message",
    ignoreThem:
      "ignore them|ignore these|ignore those|ignore it$|disregard them|disregard these|disregard those|disregard it$|forget them|forget these|forget those|forget about them|forget about those|drop them|discard them|delete them|erase them|override them|bypass them|set them aside|put them aside|throw them out|throw them away|pay them no|do not follow them|don't follow them|do not obey them|don't obey them|stop following them|stop obeying them",
  },
  de: {
    asked:
      "wie kann ich|kann ich|darf ich|soll ich|muss ich|warum|wenn ich|ich habe|wie ignoriere ich|wie umgehe ich",
    remove: "verwirf|verwerf|überschreib|lösche|streich|entfern|ersetz",
    given:
      "deine anweisung|deine regel|deine vorgabe|deine richtlinie|deine instruktion|deine einschränk|deine beschränk|deine bisherig|deine ursprüng|deine vorherig|deiner anweisung|deinen anweisung|du bekommen|du erhalten|du zuvor|du früher|du bisher|dir gegeben|du befolg|bisherigen anweisung|vorherigen anweisung|früheren anweisung|obigen anweisung",
  },
  fr: {
    asked: "puis-je|comment|dois-je|peut-on|pourquoi|si j'",
    remove: "abandonn|efface|supprim|écart|annul|remplac",
    given:
      "tes instruction|tes consigne|tes règles|tes directive|tes restriction|tes contrainte|tes limites|vos instruction|vos consigne|vos règles|vos directive|vos restriction|ton prompt|tu as reçu|vous avez reçu|que tu suis|qu'on t'a donn|instructions précédent|consignes précédent|directives précédent|instructions antérieur|consignes antérieur|instructions ci-dessus",
    ignoreThem: "ignore-les|ignorez-les|oublie-les|oubliez-les|n'en tiens pas compte|n'en tenez pas compte",
  },
  es: {
    asked: "cómo|puedo|debo|por qué|se puede|si yo",
    remove: "descart|anul|elimin|borra|salta|abandona|reemplaza|cancela",
    given:
      "tus instruccion|tus reglas|tus directri|tus normas|tus restriccion|tus indicacion|tus limitacion|tus pautas|tus consignas|sus instruccion|que recibiste|que has recibido|que te dieron|te han dado|que sigues|instrucciones anterior|instrucciones previas|indicaciones anterior|directrices anterior|consignas anterior",
    ignoreThem: "ignóralas|ignóralos|olvídalas|olvídalos|no les hagas caso",
  },
  pt: {
    asked: "como$|posso|devo|por que|se eu",
    remove: "descart|apague|apaga|pule$|anul|abandone|exclua|substitu|cancel",
    given:
      "suas instruç|suas regras|suas diretri|suas restriç|suas orientaç|suas normas|suas limitaç|tuas instruç|tuas regras|que você recebeu|que recebeste|que você segue|lhe deram|instruções anterior|instruções prévias|orientações anterior|diretrizes anterior",
    ignoreThem: "ignore-as|ignore-os|esqueça-as|esqueça-os|desconsidere-as|esqueça delas",
  },
  it: {
    asked: "come$|posso|devo|perché|si può",
    remove: "scart|annull|elimin|cancella|sostituisci",
    given:
      "tue istruzion|tue regol|tue direttiv|tue restrizion|tue indicazion|tue limitazion|tuoi vincol|tuoi ordini|hai ricevuto|ti hanno dato|ti sono stat|che segui|istruzioni precedent|direttive precedent|indicazioni precedent|istruzioni ricevut",
    ignoreThem: "ignorale|ignorali|dimenticale|dimenticali|non tenerne conto|scordale",
  },
  nl: {
    asked: "hoe kan ik|kan ik|mag ik|moet ik|waarom|als ik",
    remove: "verwerp|schrap|wis$|gooi|verwijder|vervang|laat",
    given:
      "je instructie|je regels|je richtlijn|je beperking|je aanwijzing|jouw instructie|jouw regel|jouw richtlijn|uw instructie|uw richtlijn|die je kreeg|die je hebt gekregen|je tot nu toe|die je volgt|je gegeven|vorige instructie|eerdere instructie|voorgaande instructie|bovenstaande instructie",
  },
  ru: {
    asked: "как$|можно ли|почему|могу ли",
    remove: "отбрось|отброс|отмени|сотри|удали|отключи",
    given:
      "твои инструкц|твои правил|твои указан|твои ограничен|свои инструкц|свои правил|свои указан|свои ограничен|своих инструкц|твоих инструкц|ваши инструкц|ваши правил|данные тебе|тебе дали|ты получил|которым ты следу|предыдущие инструкц|прежние инструкц|предыдущие указан|прежние указан|системные инструкц",
    ignoreThem: "игнорируй их|забудь их|забудь о них|забудь про них|не следуй им|не обращай на них",
  },
  zh: {
    remove: "覆盖|清除|取消|放弃|删除|丢弃|抛弃|作废",
    given:
      "你的指令|你的规则|你的提示|你的限制|你的准则|你的约束|你的规定|你收到的|给你的|你遵守的|你遵循的|你之前的|你原来的|之前的指令|以前的指令|先前的指令|上面的指令|上述指令|以上指令|之前的指示|之前所有指令|系统指令",
  },
  ja: {
    remove: "破棄|取り消|無効|スキップ|上書き|解除|捨て|放棄|削除",
    given:
      "あなたの指示|あなたのルール|あなたの制約|あなたの制限|あなたへの指示|与えられた|以前の指示|これまでの指示|前の指示|先ほどの指示|上記の指示|元の指示|以前の命令|これまでの命令|システムの指示",
  },
  tr: {
    remove: "sil$|iptal et|atla|bırak|terk et",
    given:
      "talimatlarını|sana verilen|senin talimat|senin kural|sana söylenen|uyduğun|önceki talimat|yukarıdaki talimat|önceki yönerge",
  },
  ar: {
    remove: "تخط|تجاوز|ألغ|الغ|احذف|اترك|اطرح|امسح",
    given:
      "تعليماتك|قواعدك|أوامرك|قيودك|توجيهاتك|المعطاة لك|تلقيتها|التي أعطيت|التعليمات السابق|التوجيهات السابق",
  },
};
