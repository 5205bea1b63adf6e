/**
 * What the rules look for, by meaning and language. Each entry is the beginning of a word or of words; a `$` at its end
 * makes it whole. Written as read: they are folded like the texts.
 */
export type Meaning = keyof typeof ENGLISH;
export type Lexicon = Readonly<Record<Meaning, string>>;

const ENGLISH = {
  /** Setting aside. */
  ignore:
    "ignore$|disregard$|forget$|bypass$|circumvent|set aside|do not follow|don't follow|dont follow|do not obey|don't obey|stop following|stop obeying|pay no attention|don't pay attention|do not pay attention|dont pay attention|take no notice|pay no heed|put aside|leave behind|pretend you never|let go of|not bound by|ignoring|disregarding|forgetting|bypassing|neglect$",
  /** Not to set aside: forgotten is what is not to be forgotten. Nor what was done, which is told. */
  remember:
    "don't forget|do not forget|dont forget|never forget|not forget|won't forget|cannot ignore|can't ignore|don't ignore|do not ignore|never ignore|don't skip|do not skip|don't delete|do not delete|not to ignore|not to forget|don't cancel|do not cancel|don't replace|do not replace|ignored|deleted|cancelled|canceled|dropped|replaced|wiped|discarded|erased|scrapped|dismissed|removed|cleared",
  /** Set aside already. */
  void: "no longer apply|no longer valid|do not apply|don't apply|void$|be ignored|be disregarded|be forgotten|are cancelled|are canceled|are revoked|are lifted|are suspended|are obsolete|been revoked|been lifted|been cancelled|are disabled|been disabled|is cancelled|is revoked",
  /** What came before, or is set. */
  prior:
    "previous|prior|above|earlier|preceding|all$|any$|every|your$|initial|original|existing|system|safety|foregoing|so far|current$|old$|past$|former|given to you|you were given|you have been given|you got|you received|until now|up to now",
  /** What binds an agent. */
  rule: "instruct|rules$|rule$|guideline|prompt|directive|directions|constraint|restriction|polic|orders$|programming|guardrail|safeguard|guidance|commands$|message from the developer|developer message|limitations",
  /** What binds an agent, without naming it. */
  told: "everything above|everything before|what you were told|what you have been told|what you've been told|everything you were told|everything you have been told|everything said before|all of the above|the text above|whatever you were told|anything you were told|all that came before|everything that came before|everything i said before|what they told you|what came before",
  /** Giving out. */
  show: "reveal|show|print|repeat|output|display|tell me|give me|leak|dump|recite|write out|write down|copy|disclose|share|what is$|what are$|what were$|what's|quote|list$|paste|expose|spell out|translate|summari|echo|send me|return$|provide|read out|read me|read back|reproduce",
  /** An agent's own instructions. */
  ownPrompt:
    "your system prompt|your initial prompt|your initial instruct|your original instruct|your original prompt|your hidden|your secret instruct|your exact instruct|your full instruct|your full prompt|your prompt|your system message|your developer message|your internal instruct|your system instruct|your configuration prompt|your pre-prompt|your preprompt|your base prompt|instructions you were given|instructions that you were given|rules you were given|prompt you were given|text above this|everything above this|words above this|your confidential instruct|your entire prompt|your complete prompt|your complete instruct|your starting prompt|your underlying instruct|the instructions above|your guidelines word|your instructions word|your instructions verbatim|your rules verbatim|the hidden prompt|the secret prompt|the system prompt you|the system prompt verbatim|the system prompt word|the prompt above|the message above|your first instruct|that precedes this|that came before this message|before this conversation",
  /** A new self. */
  become:
    "you are now|you're now|you are a$|you are an$|from now on|pretend|act as|roleplay|role-play|role play|simulate|imagine you|you will be|you will play|you shall be|behave as|behave like|switch to|switch into|enter$|henceforth|enable$|activate|play the part|play the role|answer as|respond as|speak as|take on|assume the|become|stay in that role|from this point|if you had|stay in character",
  /** Without bounds. */
  unbound:
    "no restrict|without restrict|without any restrict|unrestrict|no limits|without limits|no filter|without filter|without any filter|unfiltered|uncensored|no rules|without rules|without any rules|no guidelines|without guidelines|no ethic|without ethic|unethical|amoral|no moral|jailbroken|evil|no safety|without safety|no content polic|has no polic|free of restrict|free from restrict|free of all|not bound by|do anything now|no boundaries|without boundaries|not limited by|no censorship|never refuse|never refuses|cannot refuse|ignores all|anything goes|unlimited|without moral|breaks all|broken free|freed from",
  /** Names of modes that don't exist. */
  mode: "developer mode|dev mode|god mode|dan mode|jailbreak mode|debug mode|admin mode|sudo mode|maintenance mode|root mode|unsafe mode|unlocked mode|opposite mode|you are dan$|as dan$|dan$",
  /** Sending away. */
  send: "send|forward|post$|upload|email|e-mail|mail$|transmit|exfiltrat|append|include|encode|submit|deliver|fetch|request|share|leak|attach|put$|report$|embed|insert|copy|pass on|call$|visit|open$|load$|relay",
  /** What is not to be given away. */
  secret:
    "password|api key|api-key|apikey|api_key|secret|token|credential|conversation|chat history|private key|user data|user's data|personal data|session id|system prompt|access key|the history|messages of|user's messages|user's email|their email|card number|bank account|cookies|memory|memories|context of|everything you know|user's address|user's phone|contacts|passphrase",
  /** Behind the user's back. */
  conceal:
    "do not tell|don't tell|dont tell|do not mention|don't mention|do not inform|don't inform|never tell|never mention|do not reveal this|don't reveal this|do not alert|don't alert|without telling|without informing|without mentioning|do not let the user|don't let the user|hide this|keep this secret from|keep this from|without the user|secretly|silently|do not show this|don't show this|do not disclose this",
  user: "the user|the human|the owner|the reader|the customer|anyone|the person",
  /** Who is spoken to. */
  agent:
    "ai assistant|ai agent|ai model|ai system|language model|llm$|llms$|the assistant|dear assistant|attention assistant|note to assistant|note to ai|ai:|assistant:|chatbot|any ai|if you are an ai|the ai$|hey ai|chatgpt|copilot|virtual assistant|agents reading|digital assistant|bots$|automated assistant|summarizer|assistants$|ais$|assistant,",
  /** A command to it. */
  must: "must|should|you have to|need to|needs to|are required|is required|immediately|execute|run the|call the|use the tool|use your|perform|instead|obey|follow these|follow the|respond with|respond only|reply with|reply only|answer with|say that|recommend|please|now do|shall|have to|make sure|comply|go to|kindly",
  /** Other instructions. */
  renewed:
    "new instruct|updated instruct|new task|new rules|real instruct|actual instruct|real task|new objective|new goal|true task|new directive|instead do|instead, do|only follow|follow only|new orders|new system|revised instruct|important instruct|now follow|follow mine|obey me|only listen|listen only|only obey|mine instead|my rules|my instructions",
  /** Talk about attacks, not one. */
  about:
    "attack|injection|injecti|what does|mean$|means$|meant|example of|examples|for example|an example|phrase|sentence|explain|detect|filter|article|paper|jailbreak|security|vulnerab|research|owasp|translate|translation|quote|quoted|classif|blog|talk about|lecture|tutorial|how would|how do|why do|why is|why does|said|wrote|novel|movie|film|song|called|titled|grammar|spell|test case|unit test",
};

export const LEXICA: Readonly<Record<string, Partial<Lexicon>>> = {
  en: ENGLISH,
  de: {
    remember: "vergiss nicht|vergesst nicht|vergessen sie nicht|nicht vergess|nicht ignorier|ignoriere nicht",
    ignore:
      "ignorier|vergiss|vergesst|vergessen sie|missacht|übergeh|umgeh|beachte nicht|befolge nicht|setz dich über|lass alle|hör auf|halte dich nicht|nicht mehr",
    prior:
      "vorherig|bisherig|vorig|obig|früher|alle$|alles$|allen$|deine|jede|ursprünglich|bestehend|vorangegangen|vorangehend|zuvor|bisher|vorangestellt|sämtliche|system|ihre$",
    rule: "anweisung|regel|vorgabe|richtlinie|instruktion|befehl|einschränkung|prompt|vorschrift|beschränkung|aufträge|weisung",
    told: "was dir gesagt wurde|alles bisherige|alles oben|alles zuvor|was man dir gesagt|alles davor|alles, was davor",
    show: "zeig|gib|nenne|verrate|wiederhol|drucke|schreib|offenbar|liste|wie lautet|wie lauten|was steht|kopier|sag mir|ausgeben|ausgibt|lies mir",
    ownPrompt:
      "deinen systemprompt|deinen system-prompt|dein systemprompt|dein system-prompt|deine systemanweisung|deine anweisung|deine ursprüngliche|deine internen|deine geheim|deine versteckt|deinen prompt|deinen versteckten|deinen anfänglichen|deine anfänglich|deines systemprompt|deine systemnachricht|deiner anweisung",
    become:
      "du bist jetzt|du bist nun|ab jetzt|ab sofort|von nun an|tu so|spiel|verhalte dich|antworte als|stell dir vor|wechsle|aktivier|schlüpf",
    unbound:
      "ohne einschränk|ohne regeln|ohne filter|ohne grenzen|keine regeln|keine einschränk|keine grenzen|uneingeschränkt|unzensiert|keine filter|ohne moral|ohne zensur|keinerlei|ohne jede|unbegrenzt|keine tabus",
    mode: "entwicklermodus|gottmodus|wartungsmodus|dan-modus|admin-modus",
    send: "schick|sende|leite|übermittel|hochlad|lade$|poste|weiterleit|maile|häng|übertrag|verschick",
    secret:
      "passwort|passwört|kennwort|geheim|schlüssel|zugangsdaten|gespräch|verlauf|persönliche daten|unterhaltung|nutzerdaten|chatverlauf|benutzerdaten",
    conceal:
      "sag dem nutzer nicht|sage dem nutzer nicht|erwähne|ohne den nutzer|ohne es dem|verschweig|heimlich|nicht mitteil|verrate dem nutzer nicht|ohne dass der nutzer|informiere den nutzer nicht|sag dem benutzer nicht",
    user: "nutzer|benutzer|anwender",
    agent:
      "ki-assistent|sprachmodell|an die ki|an den assistenten|der assistent|ki-modell|ki-system|liebe ki",
    must: "muss|musst|sollst|sofort|führe|rufe|antworte|befolge|stattdessen|bitte",
    renewed: "neue anweisung|neue aufgabe|neuen anweisung|neue regeln|folge nur|befolge nur|stattdessen",
    about: "bedeutet|angriff|beispiel|satz|erklär|übersetz|sicherheit|heißt|lied|film|roman|zitat|warum",
  },
  fr: {
    remember: "n'oubli|ne pas oubli|n'ignor|ne pas ignor",
    ignore:
      "ignor|oubli|ne tiens pas compte|ne tenez pas compte|néglig|contourn|fais abstraction|faites abstraction|ne suis plus|cesse de|passe outre|ne respecte|laisse tomber|laisse de côté|mets de côté",
    prior:
      "précédent|antérieur|toutes|tous$|tes$|vos$|ci-dessus|initial|d'origine|existant|préalable|plus haut|avant$|jusqu'ici|jusqu'à présent|système|reçues|données",
    rule: "instruction|règle|consigne|directive|prompt|ordres|restriction|contrainte|limites",
    told: "ce qu'on t'a dit|tout ce qui précède|tout ce qu'on vous a dit|ce qui t'a été dit|ce qui a été dit avant",
    show: "montre|affiche|révèle|répète|donne|écris|imprime|divulgue|dis-moi|dis moi|quel est|quelles sont|liste|copie|recopie|cite|dévoile",
    ownPrompt:
      "ton prompt|votre prompt|tes instructions|vos instructions|ton message système|ta consigne|tes consignes|vos consignes|tes directives|ton invite système|l'invite système|tes règles internes|le prompt système",
    become:
      "tu es maintenant|tu es désormais|désormais|à partir de maintenant|fais semblant|agis comme|comporte-toi|joue le rôle|imagine que tu|active|passe en|incarne|dorénavant|réponds comme",
    unbound:
      "sans restriction|sans aucune restriction|sans limite|sans aucune limite|sans filtre|sans aucun filtre|sans règle|sans aucune règle|aucune restriction|aucune limite|aucune règle|non censuré|sans censure|sans morale|sans éthique|illimité",
    mode: "mode développeur|mode dieu|mode admin|mode dan$|mode débogage|mode maintenance",
    send: "envoie|envoy|transmet|transfère|poste|publie|téléverse|expédie|transfér",
    secret:
      "mot de passe|mots de passe|secret|clé|identifiant|conversation|historique|données personnelles|jeton|données de l'utilisateur",
    conceal:
      "ne le dis pas|ne dis rien|ne dis pas|sans le dire|sans prévenir|ne mentionne|à l'insu|n'informe pas|en secret|sans informer|sans avertir",
    user: "l'utilisateur|utilisateur|l'usager",
    agent:
      "assistant ia|assistant d'ia|modèle de langage|intelligence artificielle|à l'assistant|l'assistant|l'ia$|aux assistants|chère ia",
    must: "dois|doit|devez|immédiatement|exécute|appelle|utilise|réponds|obéis|veuillez|il faut|faut$",
    renewed:
      "nouvelles instruction|nouvelle tâche|nouvelle consigne|nouvelles consigne|nouvelles règles|suis uniquement|à la place",
    about: "signifie|veut dire|attaque|exemple|phrase|expliqu|traduis|sécurité|chanson|film|roman|pourquoi",
  },
  es: {
    remember: "no olvid|no te olvid|no ignor",
    ignore:
      "ignor|olvid|omite|omit|no hagas caso|haz caso omiso|pasa por alto|desestim|deja de lado|deja de|no sigas|desobedec|prescinde",
    prior:
      "anterior|previ|todas|todos|tus$|sus$|arriba|original|inicial|existente|precedente|antes|hasta ahora|sistema|recibid",
    rule: "instruccion|regla|directri|indicacion|orden|restriccion|prompt|norma|limitacion|pautas|consignas",
    told: "lo que te dijeron|todo lo anterior|lo que te han dicho|todo lo que se te|lo dicho antes",
    show: "muestra|muéstrame|revela|repite|imprime|dime|dame|escribe|enseña|cuál es|cuáles son|lista|copia|divulga|expon|reproduce|recita",
    ownPrompt:
      "tu prompt|tu mensaje de sistema|tu mensaje del sistema|tus instrucciones|tus indicaciones|tus directrices|tus reglas internas|tus reglas ocultas|el prompt del sistema|el prompt de sistema|sus instrucciones",
    become:
      "ahora eres|a partir de ahora|desde ahora|de ahora en adelante|finge|actúa como|compórtate|haz el papel|imagina que eres|activa|entra en|interpreta|responde como",
    unbound:
      "sin restriccion|sin ninguna restriccion|sin limite|sin limites|sin ningún límite|sin filtro|sin ningún filtro|sin regla|sin ninguna regla|no tiene reglas|sin censura|sin moral|sin ética|ilimitad|no tienes reglas|no tiene limites|no tienes restriccion",
    mode: "modo desarrollador|modo de desarrollador|modo dios|modo administrador|modo dan$|modo mantenimiento|modo de depuración",
    send: "envía|envia|manda|reenvía|transmite|publica|sube$|remite",
    secret:
      "contraseña|secret|clave|credencial|conversación|historial|datos personales|token|datos del usuario",
    conceal:
      "no se lo digas|no le digas|no digas|sin decir|sin avisar|no menciones|a escondidas|en secreto|sin informar|no informes|sin que el usuario",
    user: "usuario|al usuario",
    agent:
      "asistente de ia|modelo de lenguaje|inteligencia artificial|al asistente|el asistente|la ia$|los asistentes|querida ia",
    must: "debe|debes|tienes que|tiene que|inmediatamente|ejecuta|llama|utiliza|responde|obedece|por favor|hay que",
    renewed:
      "nuevas instruccion|nueva tarea|nuevas reglas|sigue solo|en su lugar|nuevas ordenes|nuevas indicacion",
    about: "significa|ataque|ejemplo|frase|explic|traduc|seguridad|cancion|pelicula|novela|por que",
  },
  pt: {
    remember: "não esqueç|não se esqueç|não ignor|não te esqueç",
    ignore:
      "ignor|esqueç|esquec|desconsider|desrespeit|não siga|deixe de lado|contorn|pare de seguir|deixa de",
    prior:
      "anterior|prévi|todas|todos|suas$|tuas$|seus$|acima|original|inicia|existente|precedente|antes|até agora|sistema|recebid",
    rule: "instruç|regra|diretri|orientaç|ordens|restriç|prompt|comando|normas|limitaç",
    told: "o que lhe disseram|tudo acima|tudo o que foi dito|o que te disseram|tudo que veio antes",
    show: "mostr|revel|repit|imprim|diga|escrev|exib|qual é|quais são|list|copi|me dê|divulg|reproduz",
    ownPrompt:
      "seu prompt|teu prompt|suas instruç|tuas instruç|sua mensagem de sistema|suas diretri|suas regras internas|o prompt do sistema|o prompt de sistema|suas orientaç|instruções que você recebeu",
    become:
      "você agora é|agora você é|a partir de agora|de agora em diante|finja|aja como|comporte-se|faça o papel|imagine que você|ative|entre no|interprete|responda como|és agora",
    unbound:
      "sem restriç|sem nenhuma restriç|sem qualquer restriç|sem limite|sem filtro|sem regra|sem nenhuma regra|sem censura|sem moral|sem ética|ilimitad|não tem regras|não tem limites|nenhuma restriç",
    mode: "modo desenvolvedor|modo de desenvolvedor|modo deus|modo administrador|modo dan$|modo manutenção|modo programador",
    send: "envi|mande|encaminh|transmit|publi|poste$",
    secret: "senha|segred|chave|credencia|conversa|histórico|dados pessoais|token|dados do usuário",
    conceal:
      "não diga|não conte|sem dizer|sem avisar|não mencione|em segredo|sem informar|não informe|às escondidas|sem que o usuário",
    user: "usuário|utilizador",
    agent:
      "assistente de ia|modelo de linguagem|inteligência artificial|ao assistente|o assistente|a ia$|os assistentes|cara ia",
    must: "deve|precisa|tem que|imediatamente|execute|chame|use$|responda|obedeça|por favor",
    renewed: "novas instruç|nova tarefa|novas regras|siga apenas|em vez disso|novas ordens",
    about: "significa|ataque|exemplo|frase|expli|traduz|segurança|canção|filme|romance|por que",
  },
  it: {
    remember: "non dimentic|non ignor|non scord",
    ignore:
      "ignor|dimentic|trascur|tralasci|non tenere conto|non tener conto|aggir|lascia perdere|non seguire|smetti di|metti da parte|scorda|accantona",
    prior:
      "precedent|tutte|tutti|tue$|tuoi$|vostre|sopra|original|inizial|esistent|finora|prima$|fino a ora|sistema|ricevut",
    rule: "istruzion|regol|direttiv|indicazion|ordini|restrizion|prompt|vincol|comandi|limitazion",
    told: "quello che ti è stato detto|tutto quanto sopra|tutto ciò che precede|ciò che ti hanno detto|quanto detto prima",
    show: "mostra|rivela|ripet|stampa|dimmi|dammi|scriv|visualizza|qual è|quali sono|elenca|copia|divulga|riporta|riproduci",
    ownPrompt:
      "tuo prompt|tue istruzioni|il prompt di sistema|tuo messaggio di sistema|tue direttive|tue regole interne|tue indicazioni|istruzioni che hai ricevuto",
    become:
      "ora sei|adesso sei|sei ora|d'ora in poi|da ora in poi|da adesso|fingi|agisci come|comportati|interpreta|immagina di essere|attiva|entra in|recita|rispondi come",
    unbound:
      "senza restrizion|senza alcuna restrizion|senza limit|senza alcun limit|senza filtr|senza alcun filtro|senza regole|senza alcuna regola|senza censur|senza morale|senza etica|illimitat|nessuna regola|nessun limite|nessuna restrizion|non ha regole",
    mode: "modalità sviluppatore|modalità dio|modalità amministratore|modalità dan$|modalità manutenzione|modalità debug",
    send: "invia|manda|inoltra|trasmett|pubblica|spedisci|carica",
    secret: "password|segret|chiav|credenzial|conversazione|cronologia|dati personali|token|dati dell'utente",
    conceal:
      "non dirlo|non dire|senza dir|senza avvis|non menzionare|di nascosto|in segreto|senza informare|non informare|all'insaputa",
    user: "utente",
    agent:
      "assistente ia|assistente ai|assistente di ia|modello linguistico|intelligenza artificiale|all'assistente|l'assistente|l'ia$|gli assistenti|cara ia",
    must: "deve|devi|immediatamente|esegui|chiama|usa$|utilizza|rispondi|obbedisci|per favore|bisogna",
    renewed: "nuove istruzioni|nuovo compito|nuove regole|segui solo|invece|nuovi ordini",
    about: "significa|attacco|esempio|frase|spiega|traduc|sicurezza|canzone|film|romanzo|perche",
  },
  nl: {
    remember: "vergeet niet|negeer niet|niet vergeten|niet negeren",
    ignore:
      "negeer|vergeet|sla alle|sla de|sla je|omzeil|houd geen rekening|volg niet|trek je niets aan|stop met|passeer|leg alle|leg je|leg de",
    prior:
      "vorige|eerdere|voorgaande|alle$|jouw|je$|bovenstaande|oorspronkelijk|bestaande|voorafgaande|tot nu toe|al je|systeem|uw$",
    rule: "instructie|regel|richtlijn|opdracht|prompt|beperking|aanwijzing|voorschrift|bevelen",
    told: "wat je verteld is|alles hierboven|wat je is verteld|alles wat hiervoor|wat er eerder gezegd",
    show: "toon|laat|geef|onthul|herhaal|druk|schrijf|vertel me|wat is je|wat zijn je|kopieer|lees|openbaar",
    ownPrompt:
      "je systeemprompt|jouw systeemprompt|je systeem-prompt|je instructies|jouw instructies|je oorspronkelijke instructies|je verborgen|je interne|jouw interne|je geheime|je prompt|uw systeemprompt|uw instructies",
    become:
      "je bent nu|je bent vanaf nu|vanaf nu|doe alsof|gedraag je|speel|stel je voor dat je|activeer|schakel|antwoord als|voortaan",
    unbound:
      "zonder beperking|zonder enige beperking|zonder regels|zonder filter|zonder grenzen|geen regels|geen beperking|geen grenzen|ongecensureerd|zonder censuur|zonder moraal|onbeperkt|geen filter|zonder ethiek",
    mode: "ontwikkelaarsmodus|ontwikkelmodus|godmodus|beheerdersmodus|dan-modus|onderhoudsmodus",
    send: "stuur|verstuur|verzend|mail|upload|plaats|doorstuur|zend",
    secret:
      "wachtwoord|geheim|sleutel|inloggegevens|gesprek|geschiedenis|persoonlijke gegevens|token|gebruikersgegevens",
    conceal:
      "vertel de gebruiker niet|zeg niets|zonder de gebruiker|niet vertellen|vermeld dit niet|stiekem|in het geheim|zonder het te|zeg de gebruiker niet|informeer de gebruiker niet|vertel dit niet",
    user: "gebruiker",
    agent:
      "ai-assistent|taalmodel|kunstmatige intelligentie|aan de assistent|de assistent|de ai$|ai-model|beste ai",
    must: "moet|moeten|dient|onmiddellijk|voer|roep|gebruik|antwoord|gehoorzaam|alsjeblieft|gelieve",
    renewed: "nieuwe instructies|nieuwe taak|nieuwe regels|volg alleen|in plaats daarvan|nieuwe opdracht",
    about: "betekent|aanval|voorbeeld|zin$|uitleg|leg uit|vertaal|beveiliging|liedje|film|roman|waarom",
  },
  ru: {
    remember: "не забуд|не забыв|не игнорир",
    ignore:
      "игнорир|проигнорир|забуд|не обращай внимания|не следуй|обойди|пренебреги|перестань|не соблюдай|нарушь|откажись",
    prior:
      "предыдущ|прежн|все$|всех$|всё|свои|твои|ваши|вышеуказан|ранее|прошл|изначальн|исходн|предшествующ|выше|системн|до этого|данные тебе|своих",
    rule: "инструкц|правил|указан|предписан|директив|промпт|ограничен|команд|приказ|установк",
    told: "что тебе говорили|всё сказанное|всё вышесказанное|что было сказано|всё, что было выше",
    show: "покажи|раскрой|повтори|выведи|напечатай|напиши|расскажи|назови|какой у тебя|какие у тебя|перечисли|скопируй|выдай|процитируй|дай мне|сообщи",
    ownPrompt:
      "системный промпт|свой промпт|твой промпт|свои инструкции|твои инструкции|системные инструкции|системное сообщение|скрытые инструкции|своих инструкций|твои указания|свои указания|внутренние правила|исходный промпт|ваши инструкции|внутренние инструкции",
    become:
      "теперь ты|ты теперь|отныне|с этого момента|с этой минуты|притворись|веди себя|действуй как|представь, что ты|сыграй|включи|активируй|перейди в|отвечай как|ты больше не",
    unbound:
      "без ограничен|без каких-либо|без правил|без фильтр|без цензур|нет ограничен|нет правил|нет запретов|неограниченн|без морал|без запретов|никаких ограничен|никаких правил|не связан|без этик",
    mode: "режим разработчика|режим бога|режим администратора|режим отладки|режим dan|сервисный режим",
    send: "отправ|пошли|перешли|передай|загрузи|опубликуй|вышли",
    secret:
      "парол|секрет|ключ|учетн|разговор|переписк|истори|личные данные|токен|данные пользователя|персональн",
    conceal:
      "не говори|не сообщай|не упоминай|тайно|втайне|незаметно|скрой|не рассказывай|не информируй|без ведома|так, чтобы пользователь не",
    user: "пользовател",
    agent:
      "ии-ассистент|языковая модель|языковой модели|искусственн|ассистенту|ассистент|ии-помощник|помощник|нейросет|ии-модел",
    must: "должен|должна|обязан|немедленно|выполни|вызови|используй|отвечай|подчиняйся|нужно|следует|пожалуйста",
    renewed: "новые инструкции|новая задача|новые правила|следуй только|вместо этого|новые указания",
    about: "значит|означает|атак|пример|фраз|объясни|переведи|безопасност|песн|фильм|роман|почему",
  },
  zh: {
    remember: "不要忘记|别忘记|别忘|不要忽略|请勿忘记|不能忽略|不要忽视",
    ignore:
      "忽略|忽视|无视|忘记|忘掉|不要遵守|不用遵守|不必遵守|绕过|无需理会|不要理会|不理会|撇开|别管|停止遵守|停止遵循|不再遵守|不再遵循|抛开",
    prior:
      "之前|以前|先前|上面|上述|以上|所有|全部|一切|你的|原来|原有|此前|前面|最初|系统|既有|现有|早前|收到的|任何",
    rule: "指令|指示|规则|提示|要求|命令|限制|说明|规定|准则|约束|设定|指引|守则",
    told: "告诉你的一切|上面的一切|之前说的|以上内容|之前的内容",
    show: "显示|告诉我|透露|输出|打印|重复|给我看|展示|列出|写出|说出|公开|泄露|是什么|复述|给出|原样",
    ownPrompt:
      "系统提示|你的提示词|你的初始|你的指令|你的系统|你的原始|你的隐藏|你的内部|你收到的指令|隐藏提示|初始提示|你的完整提示|你的秘密指令|最初的指令|初始指令|内部指令",
    become:
      "你现在是|你是一个|从现在开始|从现在起|假装|扮演|充当|模拟|进入|启用|激活|开启|切换到|今后你|此后你|想象你是",
    unbound:
      "没有限制|不受限制|无限制|没有任何限制|不受任何限制|没有规则|不受约束|不受任何约束|没有任何规则|无审查|没有过滤|没有道德|无道德|不受审查|毫无限制|没有底线|没有任何约束",
    mode: "开发者模式|上帝模式|管理员模式|越狱模式|调试模式|维护模式|dan模式",
    send: "发送|转发|上传|提交|传送|发给|寄给|发到|传到",
    secret: "密码|密钥|机密|凭证|聊天记录|对话|历史记录|个人信息|令牌|秘密|用户数据|个人数据",
    conceal: "不要告诉|别告诉|不要提及|不要让用户|秘密地|悄悄|暗中|不要通知|不告知|瞒着|偷偷",
    user: "用户|使用者",
    agent: "人工智能|语言模型|ai助手|助手|智能体|大模型|ai模型",
    must: "必须|应该|立即|执行|调用|使用|回复|回答|务必|需要|请",
    renewed: "新指令|新的指令|新任务|新的任务|新规则|新的规则|只听|只遵循|只遵守",
    about: "意思|攻击|例子|句话|解释|翻译|安全|歌曲|电影|小说|为什么|注入",
  },
  ja: {
    remember: "忘れない|忘れず|無視しない|忘れる前に",
    ignore: "無視|忘れ|従わな|守らな|回避|従うのをやめ|守るのをやめ",
    prior:
      "これまで|以前|前の|上記|すべて|全て|あなたの|今まで|先ほど|元の|最初の|既存|それまで|直前|システム|あらゆる|与えられた|先の",
    rule: "指示|命令|ルール|規則|プロンプト|制約|制限|ガイドライン|方針|指令|設定",
    told: "言われたこと|上のすべて|これまでの内容|今までの話|上記の内容",
    show: "見せて|表示|教えて|出力|開示|明かし|繰り返|公開|書き出|リスト|何ですか|示し|示せ|印刷|暴露|コピー|そのまま|読み上げ|引用",
    ownPrompt:
      "システムプロンプト|あなたのプロンプト|あなたの指示|あなたへの指示|初期プロンプト|初期指示|内部の指示|内部指示|隠された指示|あなたに与えられた|最初の指示|隠しプロンプト|システムメッセージ|秘密の指示|元のプロンプト",
    become:
      "あなたは今|あなたはもう|今から|これから|ふりをし|として振る舞|として行動|演じ|なりきっ|モードに|有効に|起動|として答え|今後は|想像して",
    unbound:
      "制限のない|制限なし|制約のない|制約なし|無制限|ルールのない|ルールなし|検閲なし|検閲のない|フィルターなし|フィルターのない|倫理のない|縛られない|制限されない|制限を受けない|道徳のない|何の制限も",
    mode: "開発者モード|ゴッドモード|管理者モード|脱獄モード|デバッグモード|メンテナンスモード|danモード",
    send: "送信|送って|送れ|転送|アップロード|投稿|送付",
    secret: "パスワード|秘密|鍵|キー|認証情報|会話|履歴|個人情報|トークン|ユーザーデータ",
    conceal:
      "言わないで|伝えないで|知らせないで|知らせず|内緒|こっそり|ひそかに|秘密裏|黙って|気づかれ|伝えずに|報告しないで|知らせるな|伝えるな|言うな",
    user: "ユーザー|利用者",
    agent: "aiアシスタント|言語モデル|人工知能|アシスタント|aiモデル|エージェント|この文書を読むai",
    must: "しなければ|すべき|直ちに|実行|呼び出|使用し|使って|回答|答え|必ず|してください|せよ|ください",
    renewed: "新しい指示|新しい命令|新しいタスク|新しいルール|のみに従|だけに従|代わりに",
    about: "意味|攻撃|例文|例えば|説明|翻訳|セキュリティ|曲|映画|小説|なぜ|注入|インジェクション",
  },
  tr: {
    remember: "unutma|yok sayma|uymal",
    ignore:
      "yok say|görmezden gel|unut|dikkate alma|göz ardı et|boş ver|geçersiz say|uyma$|çiğne|bir kenara bırak|hiçe say|uymayı|uymayın$",
    prior:
      "önceki|tüm|bütün|yukarıdaki|daha önceki|sana|senin|ilk$|orijinal|mevcut|şimdiye kadar|eski|sistem|geçmiş",
    rule: "talimat|kural|yönerge|komut|yönlendirme|kısıtlama|istem|prompt|emir|direktif|ilke",
    told: "sana söylenen|yukarıdaki her şey|söylenen her şey|önceki her şey",
    show: "göster|açıkla|tekrarla|yazdır|söyle|ver$|yaz$|ifşa|nedir|neler|listele|kopyala|paylaş|aktar|oku$",
    ownPrompt:
      "sistem istemi|sistem promptu|sistem mesajı|talimatlarını|sistem talimat|gizli talimat|ilk talimat|promptunu|iç talimat|verilen talimat|başlangıç istem|istemini|gizli istem|sistem prompt",
    become:
      "artık|şu andan itibaren|bundan sonra|şimdi sen|gibi davran|rolü yap|rolünü|mış gibi|etkinleştir|moduna geç|moduna gir|hayal et|bundan böyle|olarak yanıt|canlandır",
    unbound:
      "sınırsız|kısıtlamasız|kısıtlama olmadan|kuralsız|sansürsüz|filtresiz|hiçbir kural|hiçbir kısıtlama|hiçbir sınır|kısıtlaması olmayan|ahlaksız|kuralları olmayan|sınırı olmayan|etik olmayan|kural tanımayan|sınır tanımayan",
    mode: "geliştirici mod|tanrı mod|yönetici mod|dan mod|bakım mod|hata ayıklama mod",
    send: "gönder|ilet|yükle|yolla|paylaş|postala",
    secret:
      "şifre|parola|gizli|anahtar|kimlik bilgi|konuşma|geçmiş|kişisel veri|token|kişisel bilgi|kullanıcı veri",
    conceal:
      "söyleme|bahsetme|haber verme|gizlice|belli etme|bildirme|fark ettirmeden|kullanıcıdan gizle|bilgilendirme|haberi olmadan",
    user: "kullanıcı",
    agent: "yapay zeka|dil model|asistan|yapay zekâ",
    must: "zorunda|gerekir|hemen|derhal|çalıştır|çağır|kullan|yanıtla|uymalı|lütfen|gerek|meli|malı",
    renewed: "yeni talimat|yeni görev|yeni kural|yalnızca şu|bunun yerine|yeni emir|sadece benim",
    about: "anlama|saldırı|örnek|cümle|açıklar|çevir|güvenlik|şarkı|film|roman|neden|ne demek",
  },
  ar: {
    remember: "لا تنس|لا تتجاهل|لا تهمل",
    ignore: "تجاهل|انس|إنس|تناس|لا تتبع|لا تلتزم|اهمل|أهمل|لا تهتم|توقف عن|دع عنك|لا تعمل",
    prior:
      "السابق|جميع|كل|كافة|أعلاه|سابقة|سابقا|الأصلي|قبل|الأولي|الحالي|الموجود|النظام|لديك|المعطاة|الماضية",
    rule: "تعليمات|التعليمات|قواعد|القواعد|أوامر|الأوامر|توجيه|إرشاد|قيود|القيود|تعليماتك|الضوابط|قواعدك|السياسات|المحددات",
    told: "ما قيل لك|كل ما سبق|كل ما ورد أعلاه|ما أخبروك به",
    show: "اعرض|أظهر|اكشف|كرر|اطبع|أخبرني|اكتب|أعطني|ما هي|ما هو|اذكر|انسخ|أفصح|أرني|سرب|هات",
    ownPrompt:
      "موجه النظام|تعليمات النظام|تعليماتك|رسالة النظام|موجهك|الموجه الأصلي|التعليمات المخفية|التعليمات الأصلية|التعليمات السرية|التعليمات الداخلية|قواعدك الداخلية|توجيهاتك|برومبت النظام|أوامرك الأولية",
    become:
      "أنت الآن|من الآن فصاعدا|منذ الآن|تظاهر|تصرف|العب دور|تخيل أنك|فعل وضع|ادخل|تقمص|بعد الآن|ابتداء من الآن|أجب كأنك|من هذه اللحظة",
    unbound:
      "بلا قيود|بدون قيود|دون قيود|بلا حدود|بدون حدود|دون حدود|بلا قواعد|بدون قواعد|بدون رقابة|بلا رقابة|غير مقيد|بدون فلتر|بلا أخلاق|دون رقابة|لا قيود|أي قيود|لا تخضع|لا يخضع|غير محدود|بدون أي قيود",
    mode: "وضع المطور|وضع الإله|وضع المدير|وضع المسؤول|وضع الصيانة|وضع التصحيح|وضع dan",
    send: "أرسل|ارسل|حول|انقل|ارفع|مرر|ابعث|انشر|إرسال",
    secret:
      "كلمة المرور|كلمات المرور|سر|المفتاح|مفتاح|بيانات الاعتماد|المحادثة|السجل|بيانات شخصية|الرمز|البيانات الشخصية|بيانات المستخدم|سجل",
    conceal: "لا تخبر|دون إخبار|دون علم|سرا|لا تذكر|خفية|بدون إخبار|لا تعلم المستخدم|لا تبلغ|أخف|دون أن يعلم",
    user: "المستخدم|مستخدم",
    agent: "المساعد|مساعد الذكاء|نموذج اللغ|الذكاء الاصطناعي|نموذج لغوي|مساعد ذكي|النموذج",
    must: "يجب|عليك|فورا|نفذ|استدع|استخدم|أجب|اتبع|من فضلك|رجاء|ينبغي",
    renewed: "تعليمات جديدة|التعليمات الجديدة|مهمة جديدة|قواعد جديدة|اتبع فقط|بدلا من ذلك|أوامر جديدة",
    about: "معنى|تعني|هجوم|مثال|جملة|اشرح|ترجم|أمن|أغنية|فيلم|رواية|لماذا|حقن",
  },
};

/** In no language: marks of chat templates, and where data could go. */
export const MARKS = {
  token: [
    "<|im_start|>",
    "<|im_end|>",
    "<|im_sep|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|begin_of_text|>",
    "<|endofprompt|>",
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "<</sys>>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<|channel|>",
    "<|message|>",
    "<|start|>",
    "<|end|>",
    "<|tool|>",
  ],
  forged: [
    "### system",
    "### instruction",
    "## system",
    "[system]",
    "[system message]",
    "[system prompt]",
    "(system message)",
    "<system>",
    "</system>",
    "<system_prompt>",
    "begin system",
    "end of system prompt",
    "end system prompt",
    "---system",
    "system override",
    "system: you",
    "system: ignore",
    "system: new",
    "system: the",
    "### human",
    "### assistant",
    "[end of document]",
    "</document>",
    "</tool_result>",
    "end of tool result",
    "[admin]",
    "#system",
    "system notice:",
    "system update:",
    '{"role":"system"',
    '{"role": "system"',
    '"role":"system"',
    '"role": "system"',
    "role: system",
    "[developer]",
    "<developer>",
  ],
  place: [
    "http://",
    "https://",
    "webhook",
    "www.",
    "ftp://",
    "@",
    "mailto:",
    "attacker",
    "to this url",
    "to this address",
    "external server",
    "our server",
    "this server",
    "following address",
    "following url",
    "the url",
    "endpoint",
  ],
} as const;
