#!/bin/sh
# Makes backend/statement/font/NotoSansSC-Regular.ttf, the font that PDF statements embed, out of Noto Sans SC (SIL OFL 1.1).
# It keeps what Chinese office text needs, the characters of backend/statement/font/characters.txt: GB 2312 and the 8,105 of
# 通用规范汉字表 (names of people and companies) within the BMP, plate characters, ASCII, Latin-1, CJK punctuation, full-width forms,
# box drawing and bullets. To add a character, add it there and run this again; the result is committed, so a build does not need it.
# Needs: npm, and from Debian the package fonttools. Run it from anywhere.
set -eu

package=@expo-google-fonts/noto-sans-sc
version=0.4.3
package_sha512=f6b0307454c51db3bfbba0acd208f68d96d6ef84c62226853509d7607dace700356f3564c1b6af88be2df18515eb8d9e1988e0f3a787e8390011099f3470e771
source_sha256=d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16

folder=$(cd "$(dirname "$0")/../backend/statement/font" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v pyftsubset >/dev/null || {
	echo "pyftsubset is missing: apt-get install fonttools" >&2
	exit 1
}

cd "$work"
archive=$(npm pack --silent "$package@$version")
echo "$package_sha512  $archive" | sha512sum --check --quiet
tar -xzf "$archive"
echo "$source_sha256  package/400Regular/NotoSansSC_400Regular.ttf" | sha256sum --check --quiet

# No hinting and no layout tables: they are of no use to a PDF, which places every character itself. The vertical metrics and the
# names beyond the licence go too. The font's own time stamp stays, so that the same input gives the same bytes.
pyftsubset package/400Regular/NotoSansSC_400Regular.ttf \
	--text-file="$folder/characters.txt" --unicodes="U+0020,U+00A0,U+3000" \
	--no-hinting --layout-features="" --drop-tables+=GDEF,GPOS,GSUB,BASE,STAT,vhea,vmtx,gasp,prep \
	--name-IDs="0,1,2,3,4,5,6,13,14" --name-languages="0x409" --notdef-outline \
	--output-file="$folder/NotoSansSC-Regular.ttf"
cp package/LICENSE_FONT "$folder/OFL.txt"

ls -l "$folder/NotoSansSC-Regular.ttf"
sha256sum "$folder/NotoSansSC-Regular.ttf"
