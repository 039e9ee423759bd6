using EdgeVision.Imaging;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class StrokeFontTests
{
    [Fact]
    public void Every_letter_of_ascii_and_latin_1_is_drawn()
    {
        for (var letter = ' '; letter <= '~'; letter++) Assert.True(StrokeGlyphs.Has(letter), letter.ToString());
        foreach (var letter in "äöüÄÖÜßéèêëàâçîïôûùñÑåÅøØæÿ°") Assert.True(StrokeGlyphs.Has(letter), letter.ToString());
        Assert.False(StrokeGlyphs.Has('漢'));
        Assert.True(StrokeFont.Measure("person") > StrokeFont.Measure("perso"));
        Assert.Equal(0, StrokeFont.Measure(""));
    }
}
