using System.Globalization;
using CsCheck;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class PythonNamesTests
{
    public static TheoryData<string, string> Readable => new()
    {
        { "{0: 'person', 1: 'car'}", "0=person|1=car" },
        { """{0: "it's", 1: 'a "b"', 2: 'c\'d'}""", """0=it's|1=a "b"|2=c'd""" },
        { "{ 1 :'a' ,\n 7:'b',}", "1=a|7=b" },
        { "{7: 'b', 1: 'a'}", "1=a|7=b" },
        { "['a', 'b']", "0=a|1=b" },
        { """["a", "b"]""", "0=a|1=b" },
        { """{"0": "a", "1": "b"}""", "0=a|1=b" },
        { """{0: 'Stra\xdfe', 1: '\u4eba', 2: 'Größe', 3: 'a\\b'}""", @"0=Straße|1=人|2=Größe|3=a\b" },
    };

    [Theory]
    [MemberData(nameof(Readable))]
    public void Names_are_read_as_exporters_write_them(string text, string expected)
    {
        Assert.True(PythonNames.TryParse(text, out var names));
        Assert.Equal(expected, string.Join('|', names.Select(static n => $"{n.Key}={n.Value}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("person")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{0: 'a'")]
    [InlineData("{0: 'a'} ; import os")]
    [InlineData("{0: a}")]
    [InlineData("{0: 'a' 1: 'b'}")]
    [InlineData("{0: 'a', 0: 'b'}")]
    [InlineData("{-1: 'a'}")]
    [InlineData("{0.5: 'a'}")]
    [InlineData("{99999999999: 'a'}")]
    [InlineData("{0: ''}")]
    [InlineData("{0: '  '}")]
    [InlineData(@"{0: 'a\nb'}")]
    [InlineData(@"{0: '\x1b[31m'}")]
    [InlineData(@"{0: '\ud800'}")]
    [InlineData(@"{0: 'a\")]
    [InlineData("{0: ['a']}")]
    [InlineData("{0: b'a'}")]
    [InlineData("{0: 'a', None: 'b'}")]
    public void Anything_else_is_no_list_of_names(string text) => Assert.False(PythonNames.TryParse(text, out _));

    [Fact]
    public void Long_labels_and_too_many_are_refused()
    {
        Assert.True(PythonNames.TryParse($"['{new string('a', 200)}']", out _));
        Assert.False(PythonNames.TryParse($"['{new string('a', 201)}']", out _));
        Assert.True(PythonNames.TryParse(Many(10_000), out _));
        Assert.False(PythonNames.TryParse(Many(10_001), out _));
        Assert.False(PythonNames.TryParse(new string('[', PythonNames.MaxCharacters), out _));
        Assert.False(PythonNames.TryParse(new string(' ', PythonNames.MaxCharacters + 1), out _));

        static string Many(int count) => $"[{string.Join(',', Enumerable.Repeat("'a'", count))}]";
    }

    [Fact]
    public void What_repr_writes_comes_back() => Gen.String[Gen.Char['\u0020', '\u017f'], 1, 20].Array[1, 10].Sample(labels =>
    {
        if (labels.Any(static l => string.IsNullOrWhiteSpace(l) || l.Any(char.IsControl))) return;
        var text = $"{{{string.Join(", ", labels.Select(static (l, i) => $"{i.ToString(CultureInfo.InvariantCulture)}: '{l.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'"))}}}";
        Assert.True(PythonNames.TryParse(text, out var names), text);
        Assert.Equal(labels, names.Select(static n => n.Value));
    }, iter: 5000);

    [Fact]
    public void Random_text_never_crashes() =>
        Gen.OneOf(Gen.Const("{"), Gen.Const("}"), Gen.Const("["), Gen.Const("]"), Gen.Const("'"), Gen.Const("\""), Gen.Const("\\"), Gen.Const(":"), Gen.Const(","), Gen.Const("0"), Gen.Const("x"), Gen.Const("\\u00"), Gen.String[0, 3])
            .Array[0, 20].Sample(static parts =>
            {
                if (PythonNames.TryParse(string.Concat(parts), out var names)) Assert.All(names, static n => Assert.False(string.IsNullOrWhiteSpace(n.Value)));
            }, iter: 50_000);
}
