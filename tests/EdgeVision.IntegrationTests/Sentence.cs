namespace EdgeVision.IntegrationTests;

/// <summary>What error texts have in common.</summary>
internal static class Sentence
{
    /// <summary>One line that names the path, says something and what to do beside it, and ends.</summary>
    public static void IsOne(string message, string path)
    {
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Matches("[a-z'.]$", message);
        Assert.Contains(';', message.Replace(path, "", StringComparison.Ordinal));
    }
}
