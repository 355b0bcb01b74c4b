//! A file as it was read, and what is found out about it on demand: once for all semantic patches of a run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use c_syntax::types::{ElementTypes, Facts, IncludeOptions, TypeEnv, headers_of};
use c_syntax::{Element, SourceFile, Tree};
use cfg::{Cfg, CfgError, CfgOptions};
use matcher::PreparedGraph;
use rustc_hash::FxHashMap;

use super::RunOptions;
use super::offsets::Lines;
use super::words::{WordSet, WordTable};

/// A graph, or why there is none.
pub(super) type Graph = Result<Arc<PreparedGraph>, CfgError>;

/// A file, cut into elements, with its graphs, types and words as far as they were asked for.
#[derive(Debug)]
pub struct SharedFile {
    /// The file.
    pub source: Arc<SourceFile>,
    pub(super) lines: Lines,
    table: Arc<WordTable>,
    /// The words of each element.
    words: Vec<WordSet>,
    /// Graphs are kept for further semantic patches.
    keeps_graphs: bool,
    known: Mutex<Known>,
}

/// The bits of `int` and `long`, if they decide the types of numbers.
type NumberBits = Option<(u32, u32)>;

/// Types of elements: of which environment, element and variant.
type TypesKey = (usize, u32, u8);

#[derive(Debug, Default)]
struct Known {
    graphs: FxHashMap<(u32, CfgOptions), Arc<[Graph]>>,
    facts: Option<Arc<Facts>>,
    /// Headers that were asked for, whether they exist or not.
    asked: Vec<PathBuf>,
    /// Which of `envs` the options stand for.
    asked_envs: Vec<(IncludeOptions, NumberBits, usize)>,
    envs: Vec<Arc<TypeEnv>>,
    types: FxHashMap<TypesKey, Arc<ElementTypes>>,
}

impl SharedFile {
    /// A file whose elements are asked for words of `table`. `many`: several semantic patches will look at it.
    #[must_use]
    pub fn new(source: Arc<SourceFile>, table: &Arc<WordTable>, many: bool) -> Self {
        let mut words = vec![table.empty_set(); source.elements.len()];
        let mut e = 0;
        table.each(&source.text, |at, word| {
            while source.elements.get(e).is_some_and(|x| x.end as usize <= at) {
                e += 1;
            }
            if source.elements.get(e).is_some_and(|x| x.start as usize <= at) {
                words[e].insert(word);
            }
        });
        let lines = Lines::of(&source.text);
        Self { source, lines, table: table.clone(), words, keeps_graphs: many, known: Mutex::default() }
    }

    /// The headers that were asked for so far, whether they exist or not.
    #[must_use]
    pub fn headers_asked(&self) -> Vec<PathBuf> {
        self.known().asked.clone()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The words of an element, if they were looked for with this table.
    pub(super) fn words(&self, e: u32, table: &Arc<WordTable>) -> Option<&WordSet> {
        Arc::ptr_eq(&self.table, table).then(|| &self.words[e as usize])
    }

    /// The graphs of an element's variants.
    pub(super) fn graphs(&self, e: u32, options: CfgOptions) -> Arc<[Graph]> {
        if let Some(graphs) = self.known().graphs.get(&(e, options)) {
            return graphs.clone();
        }
        let graphs = build_graphs(&self.source.elements[e as usize].element, options);
        if !self.keeps_graphs {
            return graphs;
        }
        self.known().graphs.entry((e, options)).or_insert(graphs).clone()
    }

    /// What the file and its headers declare; a number for these headers.
    pub(super) fn types_of_file(&self, name: &Path, options: &RunOptions) -> (usize, Arc<TypeEnv>) {
        let (table, includes) = &options.headers;
        let bits = options.number_bits;
        let mut known = self.known();
        if let Some((_, _, i)) = known.asked_envs.iter().find(|(o, b, _)| o == includes && *b == bits) {
            return (*i, known.envs[*i].clone());
        }
        let text = &self.source.text;
        let facts = known.facts.get_or_insert_with(|| Arc::new(Facts::of_text(text))).clone();
        let asked = std::cell::RefCell::new(Vec::new());
        let headers = headers_of(name, &facts, includes, &|path| {
            asked.borrow_mut().push(path.to_path_buf());
            table.facts_of(path)
        });
        known.asked.extend(asked.into_inner());
        // Most files have the same headers, often none, whatever the options.
        let i = known.envs.iter().position(|e| e.has(&headers, bits)).unwrap_or_else(|| {
            known.envs.push(Arc::new(TypeEnv::new(facts, headers).with_number_bits(bits)));
            known.envs.len() - 1
        });
        known.asked_envs.push((includes.clone(), bits, i));
        (i, known.envs[i].clone())
    }

    /// Types and scopes of a variant of an element.
    pub(super) fn types(&self, e: u32, variant: u8, (number, env): &(usize, Arc<TypeEnv>)) -> Arc<ElementTypes> {
        let key = (*number, e, variant);
        if let Some(types) = self.known().types.get(&key) {
            return types.clone();
        }
        let element = &self.source.elements[e as usize];
        let types = Arc::new(ElementTypes::new(env.clone(), element.start, element.element.tree(variant)));
        self.known().types.entry(key).or_insert(types).clone()
    }
}

/// The graphs of an element's variants.
pub(super) fn build_graphs(element: &Element, options: CfgOptions) -> Arc<[Graph]> {
    let build = |tree: &Tree| match tree.child_node(tree.root(), 0) {
        Some(item) => Cfg::build(tree, item, &options).map(|g| Arc::new(PreparedGraph::new(g))),
        None => Err(CfgError::NotMatchable),
    };
    element.parsed().trees.iter().map(build).collect()
}
