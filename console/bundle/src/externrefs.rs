//! Mends one mistake of older wasm-opt releases (Debian 12's version 108 among them): an exported table is
//! written as table 0, whichever it was. The table of JavaScript values that wasm-bindgen exports is table 1, and
//! without it the module fails as it starts.

use anyhow::{Context as _, Result, ensure};
use wasmparser::{ExternalKind, Parser, Payload, RefType, TypeRef};

const EXPORT: &str = "__wbindgen_externrefs";

/// Points wasm-bindgen's table export at the table of `externref`s. Changes nothing where it already does.
pub fn mend_export(wasm: &mut [u8]) -> Result<()> {
    let mut tables = Vec::new();
    let mut export = None;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("reading wasm-opt's output")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if let TypeRef::Table(table) = import?.ty {
                        tables.push(table.element_type);
                    }
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    tables.push(table?.ty.element_type);
                }
            }
            Payload::ExportSection(section) => {
                for entry in section.into_iter_with_offsets() {
                    let (offset, entry) = entry?;
                    if entry.name == EXPORT && entry.kind == ExternalKind::Table {
                        export = Some((offset, entry.index));
                    }
                }
            }
            _ => {}
        }
    }
    let Some((offset, index)) = export else { return Ok(()) };
    let right = tables.iter().position(|&table| table == RefType::EXTERNREF);
    let right = right.context("wasm-opt's output has no table of externrefs")?;
    if index as usize != right {
        // An entry is: length of the name (one byte here), the name, the kind (one byte), the index.
        let place = offset + 1 + EXPORT.len() + 1;
        ensure!(index < 0x80 && right < 0x80, "more tables than one byte can count");
        *wasm.get_mut(place).context("the export ends early")? = right as u8;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of a function table and an externref table, which exports table `index` under `name`.
    fn module(name: &str, index: u8) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend([4, 7, 2, 0x70, 0, 1, 0x6f, 0, 1]);
        wasm.extend([7, name.len() as u8 + 4, 1, name.len() as u8]);
        wasm.extend(name.as_bytes());
        wasm.extend([1, index]);
        wasm
    }

    #[test]
    fn the_export_is_pointed_at_the_table_of_externrefs() {
        let mut wasm = module(EXPORT, 0);
        mend_export(&mut wasm).unwrap();
        assert_eq!(wasm, module(EXPORT, 1));
    }

    #[test]
    fn a_right_export_and_other_exports_stay_as_they_are() {
        for wasm in [module(EXPORT, 1), module("another", 0)] {
            let mut mended = wasm.clone();
            mend_export(&mut mended).unwrap();
            assert_eq!(mended, wasm);
        }
    }

    #[test]
    fn what_is_not_wasm_is_refused() {
        assert!(mend_export(&mut b"no wasm at all".to_vec()).is_err());
    }
}
