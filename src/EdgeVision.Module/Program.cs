Console.Error.WriteLine("Not wired yet.");
return 1;
