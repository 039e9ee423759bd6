using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Outputs;

namespace EdgeVision.Tests.Outputs;

/// <summary>Options as a configuration file would have them.</summary>
internal static class Wanted
{
    public static OutputRuleOptions Rule(string json) => Read(json, OutputRuleOptions.Read).Options;

    public static (T Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read<T>(string json, Func<OptionsReader, T> read)
    {
        var tree = ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{json}} }"""), "test", "/", out var error);
        Assert.True(tree is not null, error);
        return OptionsReading.Read(tree, read);
    }
}
