using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace EdgeVision.Module.Commands;

/// <summary>Options that take a number from a range, and say so when they get something else.</summary>
internal static class NumberOption
{
    public static Option<T?> Create<T>(string name, string helpName, T min, T max, string description)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => Parse(result, name, min, max),
        };

    private static T? Parse<T>(ArgumentResult result, string name, T min, T max)
        where T : struct, INumber<T>
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (T.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} '{text}' is not a number from {min} to {max}."));
        return null;
    }
}
