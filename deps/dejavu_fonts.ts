import "npm:dejavu-fonts-ttf@2.37.3/package.json" with { type: "json" };
